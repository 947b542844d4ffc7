package ai.demeter.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;

/** What is said of a body that is no JSON, or not of the shape that is asked for. */
final class JsonFailure {
    private JsonFailure() {}

    /**
     * The problem that a failure to read a body comes down to.
     *
     * @throws IOException the failure itself, if it is about the connection and not the text
     */
    static ProblemException problem(IOException failure, JavaType type) throws IOException {
        // Jackson wraps what happens inside an object.
        Throwable cause =
                failure instanceof JsonMappingException && failure.getCause() != null
                        ? failure.getCause()
                        : failure;
        if (cause instanceof ProblemException known) {
            return known;
        }
        if (cause instanceof StreamConstraintsException beyondMeasure) {
            return malformed(
                    "The body is nested too deep, or a name, number or text in it is too long"
                            + where(beyondMeasure));
        }
        if (cause instanceof CharacterCodingException) {
            return malformed("The body is not valid UTF-8");
        }
        // About a value; any other, such as a name that comes twice, is about the text.
        if (failure instanceof MismatchedInputException) {
            return wrongShape(type);
        }
        if (failure instanceof JacksonException text) {
            return malformed("The body is not valid JSON" + where(text));
        }
        throw failure;
    }

    static ProblemException wrongShape(JavaType type) {
        return malformed(
                "The body must be one JSON "
                        + (type.isCollectionLikeType() ? "array of objects" : "object"));
    }

    private static ProblemException malformed(String sentence) {
        return ProblemException.of(Problem.Kind.MALFORMED, sentence + ".");
    }

    private static String where(JacksonException failure) {
        return failure.getLocation() == null
                ? ""
                : " at line "
                        + failure.getLocation().getLineNr()
                        + ", column "
                        + failure.getLocation().getColumnNr();
    }
}
