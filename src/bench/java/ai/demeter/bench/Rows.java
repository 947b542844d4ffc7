package ai.demeter.bench;

import ai.demeter.run.Postgres;
import ai.demeter.run.Sql;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The rows that are read: those of the first batch, whose ids have no gap, as they are taken in
 * blocks.
 */
record Rows(long first, long last) {

    static Rows of(Postgres postgres) throws SQLException {
        Sql.run(postgres, "VACUUM ANALYZE warehouse");
        return new Rows(
                Sql.number(postgres, "SELECT min(id) FROM warehouse"),
                Sql.number(postgres, "SELECT max(id) FROM warehouse"));
    }

    long random() {
        return ThreadLocalRandom.current().nextLong(first, last + 1);
    }
}
