package ai.demeter.http;

import ai.demeter.schema.Schema;
import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;
import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.HttpURLConnection;
import java.net.InetAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.logging.Logger;
import java.util.stream.Stream;

/**
 * Exercises the service's own road before anyone else is let onto it: the requests of {@code
 * warm-up.txt}, through the server's own port, as rehearsals ({@link
 * ai.demeter.metrics.Rehearsal}).
 *
 * <p>They bear a secret that only this process knows, and only for as long as they are made: nobody
 * else passes for one. Whatever fails here costs speed and nothing else, so it is logged and the
 * service becomes ready all the same.
 */
@ApplicationScoped
public class WarmUp {
    private static final Logger LOG = Logger.getLogger(WarmUp.class.getName());
    private static final String HEADER = "Demeter-Rehearsal";

    /**
     * Both servers open their port when the application is deployed, which may be still under way.
     */
    private static final Duration FOR_THE_PORT = Duration.ofSeconds(10);

    private static final Duration IN_ALL = Duration.ofSeconds(1);

    private static final int ROUNDS = 40;

    /** For one of them, were it stuck. */
    private static final int MOST_MILLIS = 5_000;

    private record Step(String method, String path, byte[] body) {
        static Step of(String line) {
            String[] words = line.split(" ", 3);
            byte[] body = words.length < 3 ? null : words[2].getBytes(StandardCharsets.UTF_8);
            return new Step(words[0], words[1], body);
        }
    }

    private final int port;

    /** Static, because the server makes the filters that ask; null while none is made. */
    private static volatile String secret;

    /** For the client proxy. */
    protected WarmUp() {
        port = 0;
    }

    @Inject
    WarmUp(Settings settings) {
        port = settings.number(Variable.HTTP_PORT);
    }

    /** Whether a request is one of these. */
    static boolean isMadeBy(HttpServletRequest request) {
        String known = secret; // almost always null: no header is looked for
        return known != null && known.equals(request.getHeader(HEADER));
    }

    void rehearse(@Observes Schema.Usable event) {
        if (event.late()) {
            return;
        }
        long started = System.nanoTime();
        byte[] random = new byte[32];
        new SecureRandom().nextBytes(random);
        secret = HexFormat.of().formatHex(random);
        try {
            List<Step> steps = steps();
            awaitPort(started + FOR_THE_PORT.toNanos());
            int sent = send(steps, System.nanoTime() + IN_ALL.toNanos());
            long millis = Duration.ofNanos(System.nanoTime() - started).toMillis();
            LOG.info(() -> "Warmed up by " + sent + " requests to itself in " + millis + " ms");
        } catch (IOException | RuntimeException e) {
            LOG.warning(
                    () ->
                            "Not warmed up, so the first requests will take longer: port "
                                    + port
                                    + " (HTTP_PORT) of this machine: "
                                    + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            secret = null;
        }
    }

    private static List<Step> steps() throws IOException {
        try (InputStream file = WarmUp.class.getResourceAsStream("/warm-up.txt")) {
            Stream<String> lines = new String(file.readAllBytes(), StandardCharsets.UTF_8).lines();
            return lines.filter(line -> !line.startsWith("#")).map(Step::of).toList();
        }
    }

    private void awaitPort(long until) throws IOException, InterruptedException {
        Step probe = new Step("GET", "/health/live", null);
        while (System.nanoTime() - until < 0) {
            try {
                if (send(probe) == 200) { // on WildFly 503 until it is deployed
                    return;
                }
            } catch (ConnectException e) {
                LOG.fine("The port is not open yet");
            }
            Thread.sleep(20);
        }
        throw new ConnectException("no answer of ours within " + FOR_THE_PORT.toSeconds() + " s");
    }

    /**
     * In rounds, one at least, until the time is over; how many. The last one is waited for: none
     * is left behind.
     */
    private int send(List<Step> steps, long until) throws IOException {
        int sent = 0;
        for (int round = 0; round < ROUNDS; round++) {
            for (Step step : steps) {
                if (round > 0 && System.nanoTime() - until >= 0) {
                    return sent;
                }
                send(step);
                sent++;
            }
        }
        return sent;
    }

    /** Its status. */
    private int send(Step step) throws IOException {
        String host = InetAddress.getLoopbackAddress().getHostAddress();
        HttpURLConnection connection =
                (HttpURLConnection)
                        URI.create("http://" + host + ":" + port + step.path())
                                .toURL()
                                .openConnection();
        connection.setConnectTimeout(MOST_MILLIS);
        connection.setReadTimeout(MOST_MILLIS);
        connection.setRequestMethod(step.method());
        connection.setRequestProperty(HEADER, secret);
        connection.setRequestProperty("If-Match", "\"0\"");
        if (step.body() != null) {
            connection.setRequestProperty("Content-Type", "application/json");
            connection.setDoOutput(true);
            connection.getOutputStream().write(step.body());
        }
        int status = connection.getResponseCode();
        try (InputStream answer =
                status >= 400 ? connection.getErrorStream() : connection.getInputStream()) {
            if (answer != null) {
                answer.readAllBytes(); // so that the next one uses the same connection
            }
        }
        return status;
    }
}
