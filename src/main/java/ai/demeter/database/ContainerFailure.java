package ai.demeter.database;

import java.util.Optional;

/**
 * What the two servers' pools and transaction managers throw without an SQLState, pinned by the
 * tests in the container.
 */
final class ContainerFailure {
    private ContainerFailure() {}

    static Optional<Failure.Kind> of(Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        // Payara: "… In-use connections equal max-pool-size and expired max-wait-time …".
        // IronJacamar: IJ000655, "No managed connections available within configured blocking
        // timeout".
        if (message.contains("expired max-wait-time") || message.contains("IJ000655")) {
            return Optional.of(Failure.Kind.POOL_EXHAUSTED);
        }
        // Payara and IronJacamar: no connection for any other reason.
        if (message.startsWith("Error in allocating a connection")
                || message.contains("IJ000453")) {
            return Optional.of(Failure.Kind.UNREACHABLE);
        }
        return Optional.empty();
    }
}
