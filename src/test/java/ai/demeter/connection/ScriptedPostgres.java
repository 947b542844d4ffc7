package ai.demeter.connection;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server that speaks as much of PostgreSQL's protocol as pgjdbc needs to log in and to run
 * statements without results, and that misbehaves as it is told: what is above it, the driver
 * included, is real.
 */
final class ScriptedPostgres implements AutoCloseable {
    private final ServerSocket listener;
    private final Thread acceptor;
    final Set<ScriptedSession> sessions = ConcurrentHashMap.newKeySet();
    final List<String> logins = new CopyOnWriteArrayList<>();
    final List<String> passwords = new CopyOnWriteArrayList<>();
    final List<String> executed = new CopyOnWriteArrayList<>();
    final Map<String, String> failing = new ConcurrentHashMap<>();
    final Map<String, String> warning = new ConcurrentHashMap<>();
    private volatile boolean silent;
    private volatile boolean closesAtOnce;
    volatile boolean asksForPassword;
    volatile boolean standby;
    volatile String refusal;
    volatile Duration loginTime = Duration.ZERO;
    volatile int timeline;

    ScriptedPostgres() throws IOException {
        listener = new ServerSocket(0, 200, InetAddress.getLoopbackAddress());
        acceptor =
                daemon(
                        () -> {
                            while (true) {
                                Socket client = listener.accept();
                                if (closesAtOnce) {
                                    client.close();
                                } else {
                                    daemon(new ScriptedSession(this, client)::serve);
                                }
                            }
                        });
    }

    int port() {
        return listener.getLocalPort();
    }

    String url() {
        return "jdbc:postgresql://localhost:" + port() + "/demeterai";
    }

    /** Whether it accepts connections and closes them without a word. */
    void closesAtOnce(boolean now) {
        closesAtOnce = now;
    }

    /** Whether it reads and does not answer, from the next message on. */
    synchronized void silent(boolean now) {
        silent = now;
        notifyAll();
    }

    /** Takes as long for each login from now on. */
    void loginTakes(Duration time) {
        loginTime = time;
    }

    /** Refuses each login with this SQLState; null: none. */
    void refuses(String sqlState) {
        refusal = sqlState;
    }

    void asksForPassword() {
        asksForPassword = true;
    }

    /** Tells those who log in from now on that it is a standby. */
    void standby(boolean now) {
        standby = now;
    }

    /** Tells this timeline from now on; none if it is not positive. */
    void timeline(int number) {
        timeline = number;
    }

    /** Answers this statement with an error; with none and the end of the connection if null. */
    void fails(String statement, String sqlState) {
        failing.put(statement, sqlState == null ? "" : sqlState);
    }

    /** Carries this statement out, and says something about it with this SQLState. */
    void warns(String statement, String sqlState) {
        warning.put(statement, sqlState);
    }

    /** Ends every session with the message of an administrator's command; closes none. */
    void terminate() throws IOException {
        for (ScriptedSession session : sessions) {
            session.error("FATAL", "57P01");
            session.flush();
        }
    }

    /** Tells every session something that it did not ask for. */
    void report(String parameter, String value) throws IOException {
        for (ScriptedSession session : sessions) {
            session.parameter(parameter, value);
            session.flush();
        }
    }

    /** Closes every connection. */
    void cut() throws IOException {
        for (ScriptedSession session : sessions) {
            session.close();
        }
    }

    /** How many sessions there are. */
    int sessions() {
        return sessions.size();
    }

    /** The start-up parameters of each login, in order. */
    List<String> logins() {
        return logins;
    }

    List<String> passwords() {
        return passwords;
    }

    /** The statements that were executed, in order. */
    List<String> executed() {
        return executed;
    }

    @Override
    public void close() throws IOException {
        listener.close();
        try {
            acceptor.join(); // until then the port may still be open
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        cut();
    }

    synchronized void awaitVoice() throws InterruptedException {
        while (silent) {
            wait();
        }
    }

    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static Thread daemon(Work work) {
        Thread thread =
                new Thread(
                        () -> {
                            try {
                                work.run();
                            } catch (IOException | InterruptedException e) {
                                // The other end, or the test, closed it.
                            }
                        },
                        "scripted-postgres");
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
