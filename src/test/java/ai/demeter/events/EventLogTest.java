package ai.demeter.events;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.events.Event.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the page would show less than happened, or something else. */
class EventLogTest {
    private static final Instant START = Instant.parse("2026-01-02T03:04:05Z");

    private final String threadName = Thread.currentThread().getName();
    private Instant now = START;
    private final EventLog log =
            new EventLog(
                    new Clock() {
                        @Override
                        public ZoneOffset getZone() {
                            return ZoneOffset.UTC;
                        }

                        @Override
                        public Clock withZone(java.time.ZoneId zone) {
                            return this;
                        }

                        @Override
                        public Instant instant() {
                            return now;
                        }
                    });

    @AfterEach
    void nameThreadAsBefore() {
        Thread.currentThread().setName(threadName);
    }

    @Test
    @DisplayName("the last 200 are remembered, the oldest is forgotten first")
    void bounded() {
        for (int i = 0; i < EventLog.MOST + 5; i++) {
            log.record(Kind.SCHEMA_CURRENT, "version " + i);
        }
        List<Event> all = log.since(0);
        assertThat(all).hasSize(EventLog.MOST);
        assertThat(all.get(0).text()).isEqualTo("version 5");
        assertThat(all.get(EventLog.MOST - 1).text()).isEqualTo("version 204");
    }

    @Test
    @DisplayName("a burst of the same is one event that counts, and does not push out its cause")
    void counted() {
        log.record(Kind.DATABASE_LOST, "refused");
        for (int i = 0; i < 1000; i++) {
            log.record(Kind.POOL_EXHAUSTED, "none free", Duration.ofMillis(i));
        }
        assertThat(log.since(0))
                .extracting(Event::kind)
                .containsExactly(Kind.DATABASE_LOST, Kind.POOL_EXHAUSTED);
        assertThat(log.since(0).get(1).count()).isEqualTo(1000);
        assertThat(log.since(0).get(1).took()).isEqualTo(Duration.ofMillis(999));
    }

    @Test
    @DisplayName("what happens a second later is another event")
    void notCountedForEver() {
        log.record(Kind.POOL_EXHAUSTED, "none free");
        now = START.plusMillis(999);
        log.record(Kind.POOL_EXHAUSTED, "none free");
        assertThat(log.since(0)).hasSize(1);
        now = START.plusMillis(1000);
        log.record(Kind.POOL_EXHAUSTED, "none free");
        assertThat(log.since(0)).hasSize(2);
    }

    @Test
    @DisplayName("who has seen some is told what is new, what was counted up included")
    void news() {
        log.record(Kind.DATABASE_LOST, "refused");
        log.record(Kind.POOL_EXHAUSTED, "none free");
        long seen = log.changes();
        long id = log.since(0).get(1).id();
        assertThat(log.since(seen)).isEmpty();
        log.record(Kind.POOL_EXHAUSTED, "none free");
        assertThat(log.since(seen))
                .singleElement()
                .satisfies(
                        event -> {
                            assertThat(event.id()).isEqualTo(id);
                            assertThat(event.count()).isEqualTo(2);
                        });
    }

    @Test
    @DisplayName("an event has the id of the request that the thread is at work on")
    void requestId() {
        log.record(Kind.DATABASE_LOST, "outside");
        Thread.currentThread().setName("http-thread-pool::http-listener(3) request 6f1c-x.Y_z");
        log.record(Kind.POOL_EXHAUSTED, "none free");
        assertThat(log.since(0)).extracting(Event::requestId).containsExactly(null, "6f1c-x.Y_z");
    }

    @Test
    @DisplayName("slow statements are grouped by text, the one that took most in total first")
    void grouped() {
        log.recordSlowStatement("select a", Duration.ofSeconds(3), false);
        log.recordSlowStatement("select b", Duration.ofSeconds(2), false);
        log.recordSlowStatement("select b", Duration.ofSeconds(4), true);
        assertThat(log.slowStatements().worstFirst())
                .containsExactly(
                        new SlowStatements.Entry(
                                "select b", 2, Duration.ofSeconds(6), Duration.ofSeconds(4), START),
                        new SlowStatements.Entry(
                                "select a",
                                1,
                                Duration.ofSeconds(3),
                                Duration.ofSeconds(3),
                                START));
        assertThat(log.since(0))
                .extracting(Event::text)
                .containsExactly("select a", "select b", "failed: select b");
    }

    @Test
    @DisplayName("texts without end take no memory without end: the last hundred stay")
    void textsBounded() {
        log.recordSlowStatement("first", Duration.ofSeconds(9), false);
        for (int i = 0; i < SlowStatements.MOST; i++) {
            log.recordSlowStatement("select " + i, Duration.ofSeconds(1), false);
        }
        assertThat(log.slowStatements().worstFirst())
                .hasSize(SlowStatements.MOST)
                .noneMatch(entry -> entry.text().equals("first"));
    }
}
