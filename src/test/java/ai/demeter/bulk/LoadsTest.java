package ai.demeter.bulk;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.run.Until;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise loads, each of which holds a connection, could take the pool from all others. */
class LoadsTest {
    @Test
    @DisplayName("a sixth of the pool may be loads, and at least one")
    void most() {
        Loads loads = new Loads(30, 2);
        Load first = loads.begin("x").orElseThrow();
        for (int i = 1; i < 5; i++) {
            assertThat(loads.begin("x")).isPresent();
        }
        assertThat(loads.begin("x")).isEmpty();
        first.close();
        first.close(); // counts once
        assertThat(loads.begin("x")).isPresent();
        assertThat(loads.begin("x")).isEmpty();
        assertThat(new Loads(1, 2).begin("x")).isPresent();
    }

    @Test
    @DisplayName("one is found while it is under way, with its rows, and can be told to end")
    void found() {
        Loads loads = new Loads(30, 2);
        try (Load load = loads.begin("x").orElseThrow()) {
            load.stored(2);
            load.stored(3);
            assertThat(loads.underWay()).singleElement().extracting(Load::rows).isEqualTo(5L);
            loads.find(load.id()).orElseThrow().cancel();
            assertThat(load.isCancelled()).isTrue();
            assertThat(loads.find(load.id() + 1)).isEmpty();
        }
        assertThat(loads.underWay()).isEmpty();
    }

    // Would break: some loads take all processors, and requests wait for seconds.
    @Test
    @DisplayName("as many work at once as half of the processors; who waits for a client does not")
    void inTurn() throws Exception {
        Loads loads = new Loads(30, 4);
        List<Load> begun = new ArrayList<>();
        List<CompletableFuture<Integer>> read = new ArrayList<>();
        PipedOutputStream client = new PipedOutputStream();
        PipedInputStream slow = new PipedInputStream(client);
        for (InputStream body : List.of(slow, body(), body(), body())) {
            Load load = loads.begin("x").orElseThrow();
            begun.add(load);
            read.add(
                    CompletableFuture.supplyAsync(
                            () -> {
                                try {
                                    return load.inTurn(body).read(new byte[1], 0, 1);
                                } catch (IOException e) {
                                    throw new UncheckedIOException(e);
                                }
                            },
                            task -> new Thread(task).start()));
        }
        Until.holds("two work", () -> read.stream().filter(Future::isDone).count() == 2);
        client.write('x');
        Thread.sleep(50); // for a third one that should not
        assertThat(read.stream().filter(Future::isDone)).hasSize(2);
        Until.holds(
                "each has its turn, as those before it end",
                () -> {
                    for (int i = 0; i < begun.size(); i++) {
                        if (read.get(i).isDone()) {
                            begun.get(i).close();
                        }
                    }
                    return read.stream().allMatch(Future::isDone);
                });
        assertThat(read).allMatch(each -> each.join() == 1);
    }

    private static InputStream body() {
        return new ByteArrayInputStream(new byte[1]);
    }
}
