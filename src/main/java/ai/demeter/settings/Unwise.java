package ai.demeter.settings;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Settings that are allowed but unwise: limits that undo each other, encryption that checks
 * nothing, keys that anyone on the way can replace.
 */
final class Unwise {
    /** One only tells the cause of a slow request if it ends before the next. */
    private static final List<Variable> INNER_TO_OUTER =
            List.of(
                    Variable.DB_LOCK_TIMEOUT,
                    Variable.DB_STATEMENT_TIMEOUT,
                    Variable.DB_TRANSACTION_TIMEOUT,
                    Variable.DB_SOCKET_TIMEOUT);

    private Unwise() {}

    static List<String> in(Settings settings) {
        List<String> warnings = new ArrayList<>();
        for (int i = 1; i < INNER_TO_OUTER.size(); i++) {
            Variable inner = INNER_TO_OUTER.get(i - 1);
            Variable outer = INNER_TO_OUTER.get(i);
            if (settings.number(inner) >= settings.number(outer)) {
                warnings.add(
                        "%s (%d s) is not below %s (%d s): it will never be the one that ends a request"
                                .formatted(
                                        inner,
                                        settings.number(inner),
                                        outer,
                                        settings.number(outer)));
            }
        }
        Set<DatabaseUrl> urls =
                new LinkedHashSet<>(List.of(settings.poolUrl(), settings.migrationUrl()));
        settings.replica().map(ReadReplica::url).ifPresent(urls::add);
        for (DatabaseUrl url : urls) {
            if (!url.isLoopback() && !url.sslMode().startsWith("verify-")) {
                warnings.add(
                        "sslmode="
                                + url.sslMode()
                                + " of "
                                + url.display()
                                + " does not check who answers: whoever is on the way can read and"
                                + " change everything; use verify-full, with DATABASE_CA_FILE where"
                                + " the authority is not a public one");
            }
        }
        if (settings.tokenIssuer().filter(TokenIssuer::isExposed).isPresent()) {
            warnings.add(
                    "AUTH_ISSUER: the issuer's keys are read by http: whoever is on the way can"
                            + " replace them, and make tokens; use https");
        }
        return warnings;
    }
}
