package ai.demeter.detection;

import java.io.IOException;

/** How a line says a detection: {@link Ndjson} or {@link Csv}. */
interface Format {
    /**
     * Reads what comes before the first row.
     *
     * @throws ai.demeter.http.ProblemException {@code validation} if no row can be read after it
     */
    void begin(Lines lines) throws IOException;

    /** Reads the values of this line, and notes what is wrong with them. */
    void read(Lines lines, Row row) throws IOException;
}
