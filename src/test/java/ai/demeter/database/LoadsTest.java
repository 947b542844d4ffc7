package ai.demeter.database;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise loads, each of which holds a connection, could take the pool from all others. */
class LoadsTest {
    @Test
    @DisplayName("a sixth of the pool may be loads, and at least one")
    void most() {
        Loads loads = new Loads(30);
        Load first = loads.begin("x").orElseThrow();
        for (int i = 1; i < 5; i++) {
            assertThat(loads.begin("x")).isPresent();
        }
        assertThat(loads.begin("x")).isEmpty();
        first.close();
        first.close(); // counts once
        assertThat(loads.begin("x")).isPresent();
        assertThat(loads.begin("x")).isEmpty();
        assertThat(new Loads(1).begin("x")).isPresent();
    }

    @Test
    @DisplayName("one is found while it is under way, with its rows, and can be told to end")
    void found() {
        Loads loads = new Loads(30);
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
}
