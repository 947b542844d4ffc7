package ai.demeter.transport;

import java.io.IOException;
import java.nio.file.Path;

/** A file for TLS that cannot be used; the message is for whoever put it there, without secrets. */
public final class TlsFileException extends IOException {
    private static final long serialVersionUID = 1L;

    TlsFileException(Path file, String why, Throwable cause) {
        super(file + ": " + why, cause);
    }
}
