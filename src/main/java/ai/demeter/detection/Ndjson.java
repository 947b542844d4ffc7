package ai.demeter.detection;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.CharBuffer;

/** A JSON object a line. Members that are not known are ignored, as everywhere. */
final class Ndjson implements Format {
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    // Names are the clients': none is worth keeping.
                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                    .build();

    @Override
    public void begin(Lines lines) {
        // Every line is a row.
    }

    @Override
    public void read(Lines lines, Row row) throws IOException {
        CharBuffer line = lines.line();
        try (JsonParser parser =
                JSON.createParser(line.array(), line.position(), line.remaining())) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                row.refuse(null, "must be a JSON object");
                return;
            }
            while (parser.nextToken() != JsonToken.END_OBJECT) {
                Field field = Field.of(parser.currentName());
                JsonToken value = parser.nextToken();
                if (field == null) {
                    parser.skipChildren();
                } else {
                    put(field, value, parser, row);
                }
            }
            if (parser.nextToken() != null) {
                row.refuse(null, "must be one JSON object and nothing else");
            }
        } catch (JsonProcessingException e) {
            row.refuse(null, "must be a JSON object");
        }
    }

    private static void put(Field field, JsonToken value, JsonParser parser, Row row)
            throws IOException {
        switch (value) {
            case VALUE_NULL -> row.put(field, null);
            case VALUE_STRING -> {
                if (field.isText()) {
                    row.put(field, parser.getText());
                } else {
                    row.refuse(field, "must be a number");
                }
            }
            case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
                if (field.isText()) {
                    row.refuse(field, "must be a string");
                } else {
                    row.put(field, parser.getText());
                }
            }
            default -> {
                parser.skipChildren();
                row.refuse(field, field.isText() ? "must be a string" : "must be a number");
            }
        }
    }
}
