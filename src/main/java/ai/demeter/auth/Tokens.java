package ai.demeter.auth;

import ai.demeter.settings.Settings;
import ai.demeter.settings.TokenIssuer;
import jakarta.annotation.Resource;
import jakarta.enterprise.concurrent.ManagedExecutorService;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.context.Initialized;
import jakarta.enterprise.event.Observes;
import java.time.Clock;
import java.util.logging.Logger;

/** The tokens of this service's issuer, if {@code AUTH_ISSUER} names one. */
@ApplicationScoped
public class Tokens {
    private static final Logger LOG = Logger.getLogger(Tokens.class.getName());

    @Resource private ManagedExecutorService executor;
    private CheckedTokens checked;

    void start(@Observes @Initialized(ApplicationScoped.class) Object event) {
        TokenIssuer issuer = Settings.current().tokenIssuer().orElse(null);
        if (issuer == null) {
            LOG.info(
                    "No tokens are asked for: whoever reaches this service may read and write."
                            + " AUTH_ISSUER closes it.");
            return;
        }
        SigningKeys keys = new SigningKeys(new IssuerKeys(issuer), executor, System::nanoTime);
        Clock clock = Clock.systemUTC();
        checked =
                new CheckedTokens(
                        new JwtCheck(issuer.issuer(), issuer.audience(), keys, clock), keys, clock);
        keys.known(); // begins to read them
        LOG.info(
                () ->
                        "Tokens of "
                                + issuer.issuer()
                                + " for the audience "
                                + issuer.audience()
                                + " are asked for");
    }

    /** Whether a request to the API must bring one. */
    public boolean areAskedFor() {
        return checked != null;
    }

    /**
     * What a token says.
     *
     * @throws InvalidToken if it is not accepted
     */
    public Token check(String text) throws InvalidToken {
        return checked.check(text);
    }
}
