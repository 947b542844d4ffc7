package ai.demeter.events;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Otherwise a trace would lead to somebody else's request, or anything could be put into the log.
 */
class TraceContextTest {
    private static final String TRACE = "4bf92f3577b34da6a3ce929d0e0e4736";
    private static final String SPAN = "00f067aa0ba902b7";

    @Test
    @DisplayName("the header of the specification's example is taken over, with its flag")
    void valid() {
        assertThat(TraceContext.of("00-" + TRACE + "-" + SPAN + "-01"))
                .contains(new TraceContext(TRACE, SPAN, true));
        assertThat(TraceContext.of(" 00-" + TRACE + "-" + SPAN + "-02 "))
                .contains(new TraceContext(TRACE, SPAN, false));
        assertThat(TraceContext.of("01-" + TRACE + "-" + SPAN + "-03-more"))
                .as("a later version")
                .contains(new TraceContext(TRACE, SPAN, true));
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
            strings = {
                "",
                "00",
                "ff-" + TRACE + "-" + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-01-more",
                "00-00000000000000000000000000000000-" + SPAN + "-01",
                "00-" + TRACE + "-0000000000000000-01",
                "00-4BF92F3577B34DA6A3CE929D0E0E4736-" + SPAN + "-01",
                "00-" + TRACE + SPAN + "-01",
                "00-" + TRACE + "-" + SPAN + "-1",
                "00-" + TRACE + "-" + SPAN + "-01\nDatabase lost"
            })
    @DisplayName("what is no valid traceparent is ignored, as section 3.2.2.3 says")
    void invalid(String header) {
        assertThat(TraceContext.of(header)).isEmpty();
    }

    @Test
    @DisplayName("a thread knows it until the request is over")
    void current() {
        new TraceContext(TRACE, SPAN, true).enter();
        assertThat(TraceContext.current()).map(TraceContext::traceId).contains(TRACE);
        TraceContext.leave();
        assertThat(TraceContext.current()).isEmpty();
    }
}
