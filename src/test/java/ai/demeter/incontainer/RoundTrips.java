package ai.demeter.incontainer;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/**
 * What a call asks of the database, one entry for each round trip: told from what pgjdbc logs of
 * the messages that it sends and then receives. A validation by the pool, which is an empty query,
 * is left out.
 */
public final class RoundTrips extends Handler {
    private static final Logger PGJDBC = Logger.getLogger("org.postgresql.core.v3");

    private final Thread caller = Thread.currentThread();
    private final List<String> roundTrips = new ArrayList<>();
    private final List<String> current = new ArrayList<>();

    private boolean answered;

    private RoundTrips() {}

    public static List<String> of(Callable<?> call) throws Exception {
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
        handler.end();
        return handler.roundTrips;
    }

    @Override
    public void publish(LogRecord record) {
        if (Thread.currentThread() != caller) {
            return;
        }
        String message = record.getMessage();
        if (message.startsWith(" FE=>") && answered) {
            end();
        } else if (message.startsWith(" <=BE")) {
            answered = true;
            if (message.contains("CommandStatus")) {
                current.add(String.valueOf(record.getParameters()[0]).split(" ")[0]);
            }
        }
    }

    private void end() {
        if (!current.isEmpty()) {
            roundTrips.add(String.join(", ", current));
        }
        current.clear();
        answered = false;
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
}
