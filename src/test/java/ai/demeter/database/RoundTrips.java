package ai.demeter.database;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What a call asks of the database, one entry for each round trip: told from what pgjdbc logs of
 * the messages that it sends, each round trip ending with a Sync.
 */
final class RoundTrips extends Handler {
    private static final Logger PGJDBC = Logger.getLogger("org.postgresql.core.v3");

    private final Thread caller = Thread.currentThread();
    private final List<String> roundTrips = new ArrayList<>();
    private final List<String> current = new ArrayList<>();

    private RoundTrips() {}

    static List<String> of(Callable<?> call) throws Exception {
        RoundTrips handler = new RoundTrips();
        handler.setLevel(Level.ALL);
        Level before = PGJDBC.getLevel();
        PGJDBC.addHandler(handler);
        PGJDBC.setLevel(Level.ALL);
        try {
            call.call();
        } finally {
            PGJDBC.setLevel(before);
            PGJDBC.removeHandler(handler);
        }
        return handler.roundTrips;
    }

    @Override
    public void publish(LogRecord record) {
        if (Thread.currentThread() != caller) {
            return;
        }
        String message =
                java.text.MessageFormat.format(
                        record.getMessage().replace("'", "''"),
                        record.getParameters() == null ? new Object[0] : record.getParameters());
        System.out.println("PG " + message);
        roundTrips.add(message);
        current.clear();
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
