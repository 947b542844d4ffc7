package ai.demeter.auth;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.LongSupplier;
import java.util.logging.Logger;

/**
 * The issuer's keys. Who brings a token of a known key never waits: the keys are read again beside
 * the requests. Who brings one of an unknown key has it looked up at once, but no more often than
 * each {@link #PAUSE}, so that nobody can make this service call the issuer as often as they like.
 * An issuer that is away leaves the keys as they are.
 */
final class SigningKeys {
    /** Between two look-ups for the sake of unknown keys. */
    static final Duration PAUSE = Duration.ofSeconds(10);

    /** After which keys that the issuer has withdrawn are found out. */
    static final Duration REFRESH = Duration.ofMinutes(5);

    /** For a look-up, as a request waits for it. */
    static final Duration PATIENCE = Duration.ofSeconds(4);

    private static final int FEWEST_BITS = 2048; // RFC 7518, section 3.3

    private static final Logger LOG = Logger.getLogger(SigningKeys.class.getName());

    private final Callable<JWKSet> issuer;
    private final Executor executor;
    private final LongSupplier nanos;
    private volatile JWKSet known = new JWKSet();
    private volatile long refreshDue;
    private CompletableFuture<Void> underWay = CompletableFuture.completedFuture(null);
    private long lookUpDue;
    private boolean away;

    /**
     * Knows none, until the first look-up.
     *
     * @param issuer reads the keys; throws if it cannot
     * @param executor where that is done
     * @param nanos as {@link System#nanoTime}
     */
    SigningKeys(Callable<JWKSet> issuer, Executor executor, LongSupplier nanos) {
        this.issuer = issuer;
        this.executor = executor;
        this.nanos = nanos;
        refreshDue = nanos.getAsLong();
        lookUpDue = refreshDue;
    }

    /** The keys as they were last read; does not wait. */
    JWKSet known() {
        if (nanos.getAsLong() - refreshDue >= 0) {
            synchronized (this) {
                if (nanos.getAsLong() - refreshDue >= 0) {
                    refreshDue = nanos.getAsLong() + REFRESH.toNanos();
                    read();
                }
            }
        }
        return known;
    }

    /** The keys after a look-up, for whom none of {@code seen} fits; waits for the issuer. */
    JWKSet lookUp(JWKSet seen) {
        if (awaitReading(seen)) { // begun before this: the key may have been published since
            awaitReading(seen);
        }
        return known;
    }

    /**
     * Waits for a reading, its own or one that others began; true if the latter changed nothing.
     */
    private boolean awaitReading(JWKSet seen) {
        CompletableFuture<Void> reading;
        boolean ofOthers;
        synchronized (this) {
            ofOthers = !underWay.isDone();
            if (known != seen || !ofOthers && nanos.getAsLong() - lookUpDue < 0) {
                return false;
            }
            if (!ofOthers) {
                lookUpDue = nanos.getAsLong() + PAUSE.toNanos();
                read();
            }
            reading = underWay;
        }
        try {
            reading.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
            return ofOthers && known == seen;
        } catch (TimeoutException | ExecutionException e) {
            LOG.fine(() -> "No answer from the issuer: " + e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return false;
    }

    /** Begins to read the keys, unless that is under way. */
    private synchronized void read() {
        if (underWay.isDone()) {
            CompletableFuture<Void> reading = new CompletableFuture<>();
            underWay = reading;
            try {
                executor.execute(
                        () -> {
                            try {
                                replace(issuer.call());
                            } catch (Exception e) {
                                keep(e);
                            } finally {
                                reading.complete(null);
                            }
                        });
            } catch (RuntimeException e) { // the server is stopping
                reading.complete(null);
            }
        }
    }

    private synchronized void replace(JWKSet all) {
        List<JWK> usable = all.getKeys().stream().filter(SigningKeys::isUsable).toList();
        if (!usable.equals(known.getKeys())) { // else what was checked by them stays checked
            known = new JWKSet(usable);
            LOG.info(() -> "Tokens are checked by " + usable.size() + " keys of the issuer");
        }
        away = false;
    }

    private synchronized void keep(Exception why) {
        if (!away) {
            away = true;
            LOG.warning(
                    () ->
                            "The keys of the issuer (AUTH_ISSUER, AUTH_JWKS) cannot be read: "
                                    + why.getMessage()
                                    + ". Tokens of the "
                                    + known.size()
                                    + " keys at hand are accepted, others are not until it answers.");
        }
    }

    /** Neither a shared secret, which would make an HMAC possible, nor a key that is too short. */
    private static boolean isUsable(JWK key) {
        return key instanceof AsymmetricJWK
                && (key instanceof ECKey || key instanceof RSAKey rsa && rsa.size() >= FEWEST_BITS);
    }
}
