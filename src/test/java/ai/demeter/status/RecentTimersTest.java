package ai.demeter.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.demeter.status.Quantiles.Bucket;
import io.micrometer.core.instrument.Timer;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise the page would show what was an hour ago as what is now. */
class RecentTimersTest {
    private final Timer timer =
            Timer.builder("t")
                    .serviceLevelObjectives(
                            Duration.ofMillis(10), Duration.ofMillis(100), Duration.ofSeconds(1))
                    .register(new PrometheusMeterRegistry(PrometheusConfig.DEFAULT));
    private long now;
    private final RecentTimers recent = new RecentTimers(() -> now);

    @Test
    @DisplayName("quantiles lie within their bucket, in proportion")
    void quantiles() {
        List<Bucket> buckets = List.of(new Bucket(1, 50), new Bucket(2, 90), new Bucket(4, 99));
        assertThat(Quantiles.of(0.5, buckets, 100)).isEqualTo(1.0);
        assertThat(Quantiles.of(0.7, buckets, 100)).isEqualTo(1.5, within(1e-9));
        assertThat(Quantiles.of(0.99, buckets, 100)).isEqualTo(4.0);
        assertThat(Quantiles.of(1, buckets, 100)).isEqualTo(4.0);
        assertThat(Quantiles.of(0.5, buckets, 0)).isNull();
    }

    @Test
    @DisplayName("only the last minute counts")
    void lastMinute() {
        record(100, 50);
        for (int i = 0; i <= 12; i++) {
            step();
        }
        record(6, 500);
        RecentTimers.Recent last = recent.of(List.of(timer));
        assertThat(last.count()).isEqualTo(6);
        assertThat(last.perSecond()).isEqualTo(0.1, within(0.01));
        assertThat(last.p50()).isBetween(0.1, 1.0);
        for (int i = 0; i <= 12; i++) {
            step();
        }
        assertThat(recent.of(List.of(timer)).count()).isZero();
        assertThat(recent.of(List.of(timer)).p99()).isNull();
    }

    @Test
    @DisplayName("a timer that began meanwhile counts from its beginning")
    void beganLater() {
        recent.read(List.of());
        now += Duration.ofSeconds(2).toNanos();
        record(10, 5);
        assertThat(recent.of(List.of(timer)).count()).isEqualTo(10);
        assertThat(recent.of(List.of(timer)).perSecond()).isEqualTo(5.0, within(1e-9));
    }

    private void record(int times, long millis) {
        for (int i = 0; i < times; i++) {
            timer.record(Duration.ofMillis(millis));
        }
    }

    private void step() {
        recent.read(List.of(timer));
        now += Duration.ofSeconds(RecentTimers.STEP).toNanos();
    }
}
