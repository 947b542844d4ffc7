package ai.demeter.events;

import java.time.Duration;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;
import jdk.jfr.Timespan;

/**
 * What happens, as events of the JDK's Flight Recorder: among them what is too frequent for the
 * event log. They cost nothing while nothing is recorded.
 */
public final class FlightEvents {
    private FlightEvents() {}

    /** Something of the event log that has no type of its own below. */
    @Name("ai.demeter.Happening")
    @Label("Happening")
    @Description("Something of the status page's events: kind and text as there")
    @Category("Demeter")
    @StackTrace(false)
    static final class Happening extends Event {
        @Label("Kind")
        String kind;

        @Label("Text")
        String text;

        @Label("Request id")
        String requestId;
    }

    /** The heartbeat has lost the database or regained it. */
    @Name("ai.demeter.DatabaseReachable")
    @Label("Database lost or regained")
    @Category("Demeter")
    @StackTrace(false)
    static final class DatabaseReachable extends Event {
        @Label("Reachable")
        boolean reachable;

        @Label("Text")
        String text;
    }

    /** A statement took {@code DB_SLOW_STATEMENT} or longer. */
    @Name("ai.demeter.SlowStatement")
    @Label("Slow statement")
    @Category("Demeter")
    static final class SlowStatement extends Event {
        @Label("Statement")
        String sql;

        @Label("Took")
        @Timespan(Timespan.NANOSECONDS)
        long took;

        @Label("Request id")
        String requestId;
    }

    /** A unit of work is run again. */
    @Name("ai.demeter.Retry")
    @Label("Retry")
    @Category("Demeter")
    static final class Retry extends Event {
        @Label("Reason")
        String reason;

        @Label("Request id")
        String requestId;
    }

    /** A commit broke off. */
    @Name("ai.demeter.OutcomeUnknown")
    @Label("Outcome unknown")
    @Category("Demeter")
    static final class OutcomeUnknown extends Event {
        @Label("Request id")
        String requestId;
    }

    /** Work had to wait for a connection. */
    @Name("ai.demeter.BorrowWaited")
    @Label("Borrow that waited")
    @Category("Demeter")
    static final class BorrowWaited extends Event {
        @Label("Waited")
        @Timespan(Timespan.NANOSECONDS)
        long waited;

        @Label("Request id")
        String requestId;
    }

    /** The pool has opened a connection. */
    @Name("ai.demeter.ConnectionOpened")
    @Label("Connection opened")
    @Category("Demeter")
    static final class ConnectionOpened extends Event {}

    /** A connection of the pool was closed. */
    @Name("ai.demeter.ConnectionClosed")
    @Label("Connection closed")
    @Category("Demeter")
    static final class ConnectionClosed extends Event {
        @Label("Reason")
        String reason;
    }

    /** Work had to wait this long until it had a connection. */
    public static void waited(Duration span) {
        BorrowWaited event = new BorrowWaited();
        if (event.shouldCommit()) {
            event.waited = span.toNanos();
            event.requestId = EventLog.requestOf(Thread.currentThread().getName());
            event.commit();
        }
    }

    /** The pool has opened a connection. */
    public static void opened() {
        new ConnectionOpened().commit();
    }

    /** A connection of the pool was closed for this reason. */
    public static void closed(String reason) {
        ConnectionClosed event = new ConnectionClosed();
        event.reason = reason;
        event.commit();
    }

    /** Something of the event log. */
    static void happened(ai.demeter.events.Event.Kind kind, String text, Duration took, String id) {
        switch (kind) {
            case DATABASE_LOST, DATABASE_REGAINED -> {
                DatabaseReachable event = new DatabaseReachable();
                event.reachable = kind == ai.demeter.events.Event.Kind.DATABASE_REGAINED;
                event.text = text;
                event.commit();
            }
            case SLOW_STATEMENT -> {
                SlowStatement event = new SlowStatement();
                event.sql = text;
                event.took = took.toNanos();
                event.requestId = id;
                event.commit();
            }
            case RETRIED -> {
                Retry event = new Retry();
                event.reason = text;
                event.requestId = id;
                event.commit();
            }
            case OUTCOME_UNKNOWN -> {
                OutcomeUnknown event = new OutcomeUnknown();
                event.requestId = id;
                event.commit();
            }
            case CONNECTIONS_REFUSED,
                    CONNECTIONS_ACCEPTED,
                    SCHEMA_CURRENT,
                    SCHEMA_INVALID,
                    POOL_EXHAUSTED,
                    STOPPING -> {
                Happening event = new Happening();
                event.kind = kind.wireName();
                event.text = text;
                event.requestId = id;
                event.commit();
            }
        }
    }
}
