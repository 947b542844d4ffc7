package ai.demeter.events;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.events.Event.Kind;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Otherwise a recording of a fault would not show its cause. */
class FlightEventsTest {
    @TempDir private Path directory;

    @Test
    @DisplayName("a recording has all that happened, with spans, reasons and request ids")
    void recorded() throws Exception {
        String name = Thread.currentThread().getName();
        EventLog log = new EventLog(Clock.systemUTC());
        Path file = directory.resolve("recording.jfr");
        try (Recording recording = new Recording()) {
            recording.start();
            Thread.currentThread().setName("worker request r-1");
            log.record(Kind.DATABASE_LOST, "refused");
            log.record(Kind.DATABASE_REGAINED, "db", Duration.ofSeconds(3));
            log.recordSlowStatement("select a", Duration.ofMillis(1500), false);
            log.record(Kind.RETRIED, "contention");
            log.record(Kind.OUTCOME_UNKNOWN, "broke");
            log.record(Kind.POOL_EXHAUSTED, "none free");
            FlightEvents.waited(Duration.ofMillis(250));
            FlightEvents.opened();
            FlightEvents.closed("too_old");
            recording.stop();
            recording.dump(file);
        } finally {
            Thread.currentThread().setName(name);
        }
        List<RecordedEvent> events =
                RecordingFile.readAllEvents(file).stream()
                        .filter(event -> event.getEventType().getName().startsWith("ai.demeter."))
                        .toList();
        assertThat(events)
                .extracting(event -> event.getEventType().getName())
                .containsExactlyInAnyOrder(
                        "ai.demeter.DatabaseReachable",
                        "ai.demeter.DatabaseReachable",
                        "ai.demeter.SlowStatement",
                        "ai.demeter.Retry",
                        "ai.demeter.OutcomeUnknown",
                        "ai.demeter.Happening",
                        "ai.demeter.BorrowWaited",
                        "ai.demeter.ConnectionOpened",
                        "ai.demeter.ConnectionClosed");
        assertThat(of(events, "SlowStatement").getString("sql")).isEqualTo("select a");
        assertThat(of(events, "SlowStatement").getDuration("took"))
                .isEqualTo(Duration.ofMillis(1500));
        assertThat(of(events, "SlowStatement").getString("requestId")).isEqualTo("r-1");
        assertThat(of(events, "Retry").getString("reason")).isEqualTo("contention");
        assertThat(of(events, "Happening").getString("kind")).isEqualTo("pool-exhausted");
        assertThat(of(events, "BorrowWaited").getDuration("waited"))
                .isEqualTo(Duration.ofMillis(250));
        assertThat(of(events, "BorrowWaited").getString("requestId")).isEqualTo("r-1");
        assertThat(of(events, "ConnectionClosed").getString("reason")).isEqualTo("too_old");
    }

    @Test
    @DisplayName("without a recording it does not fail")
    void unrecorded() {
        FlightEvents.waited(Duration.ofMillis(1));
        FlightEvents.closed("lost");
    }

    private static RecordedEvent of(List<RecordedEvent> events, String type) {
        return events.stream()
                .filter(event -> event.getEventType().getName().equals("ai.demeter." + type))
                .findFirst()
                .orElseThrow();
    }
}
