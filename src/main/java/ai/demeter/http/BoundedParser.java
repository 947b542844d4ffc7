package ai.demeter.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.JsonParserDelegate;
import java.io.IOException;

/**
 * Refuses an object with more members than anyone means to send: the names of all of them have to
 * be kept, to find the ones that come twice, and of 8 MiB of names a few at once fill the heap.
 */
final class BoundedParser extends JsonParserDelegate {
    static final int MOST_MEMBERS = 1_000;

    BoundedParser(JsonParser delegate) {
        super(delegate);
    }

    @Override
    public JsonToken nextToken() throws IOException {
        JsonToken token = delegate.nextToken();
        if (token == JsonToken.FIELD_NAME
                && delegate.getParsingContext().getEntryCount() > MOST_MEMBERS) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED,
                    "An object in the body has more than " + MOST_MEMBERS + " members.");
        }
        return token;
    }

    /** By {@link #nextToken}: the delegate's own would pass the members of what is skipped. */
    @Override
    public JsonParser skipChildren() throws IOException {
        JsonToken start = currentToken();
        if (start != null && start.isStructStart()) {
            for (int open = 1; open > 0; ) {
                JsonToken token = nextToken(); // throws where the text ends early
                open += token.isStructStart() ? 1 : token.isStructEnd() ? -1 : 0;
            }
        }
        return this;
    }
}
