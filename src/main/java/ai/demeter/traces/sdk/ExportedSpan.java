package ai.demeter.traces.sdk;

import ai.demeter.events.Span;
import ai.demeter.events.TraceContext;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Context;
import java.time.Instant;

/** A span of the SDK's. */
record ExportedSpan(Tracer tracer, io.opentelemetry.api.trace.Span delegate) implements Span {

    @Override
    public TraceContext context() {
        SpanContext context = delegate.getSpanContext();
        return new TraceContext(context.getTraceId(), context.getSpanId(), context.isSampled());
    }

    @Override
    public Span begin(String name, Kind kind, long ago) {
        SpanBuilder builder =
                tracer.spanBuilder(name)
                        .setParent(Context.root().with(delegate))
                        .setSpanKind(kind == Kind.CLIENT ? SpanKind.CLIENT : SpanKind.INTERNAL);
        if (ago > 0) {
            builder.setStartTimestamp(Instant.now().minusNanos(ago));
        }
        return new ExportedSpan(tracer, builder.startSpan());
    }

    @Override
    public void name(String name) {
        delegate.updateName(name);
    }

    @Override
    public void set(String attribute, String value) {
        delegate.setAttribute(attribute, value);
    }

    @Override
    public void set(String attribute, long value) {
        delegate.setAttribute(attribute, value);
    }

    /** Without a description: messages may hold values. */
    @Override
    public void failed(String type) {
        delegate.setAttribute("error.type", type);
        delegate.setStatus(StatusCode.ERROR);
    }

    @Override
    public void end() {
        delegate.end();
    }
}
