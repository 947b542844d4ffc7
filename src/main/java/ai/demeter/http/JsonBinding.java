package ai.demeter.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.MapperFeature;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.deser.std.StdScalarDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.type.LogicalType;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Reader;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;

/** How {@link Json} is bound to records: strictly, and within bounds that hostile bodies meet. */
final class JsonBinding {
    /** Of one text; where it is to be shorter, the record's constraints say so. */
    private static final int MOST_CHARACTERS = 100_000;

    static final JsonMapper MAPPER =
            JsonMapper.builder(
                            JsonFactory.builder()
                                    .streamReadConstraints(
                                            StreamReadConstraints.builder()
                                                    .maxStringLength(MOST_CHARACTERS)
                                                    .build())
                                    // Names are the clients': none is worth keeping.
                                    .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                                    .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
                                    .build())
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(JsonWriteFeature.COMBINE_UNICODE_SURROGATES_IN_UTF8)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    // Members that are not known are ignored (docs/guarantees.md, "API").
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                    .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                    .withCoercionConfig(
                            LogicalType.Textual,
                            config -> {
                                config.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail);
                                config.setCoercion(CoercionInputShape.Float, CoercionAction.Fail);
                                config.setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
                            })
                    .withCoercionConfig(
                            LogicalType.Enum,
                            config ->
                                    config.setCoercion(
                                            CoercionInputShape.Integer, CoercionAction.Fail))
                    .addModule(
                            new SimpleModule()
                                    .addDeserializer(Boolean.class, new Flag())
                                    .addSerializer(new Instants())
                                    .setDeserializerModifier(new MemberBinding.Modifier()))
                    .build();

    private JsonBinding() {}

    /**
     * Reads a body, and checks its constraints.
     *
     * @throws ProblemException as {@link Json#readFrom} says
     */
    static Object read(InputStream body, JavaType type) throws IOException {
        JavaType bounded =
                type.isCollectionLikeType()
                        ? MAPPER.getTypeFactory()
                                .constructCollectionType(Items.class, type.getContentType())
                        : type;
        BodyErrors errors = new BodyErrors();
        Object value;
        try (JsonParser parser = new BoundedParser(MAPPER.createParser(utf8(body)))) {
            if (parser.nextToken() == null) {
                throw ProblemException.of(Problem.Kind.MALFORMED, "The body is empty.");
            }
            value =
                    MAPPER.readerFor(bounded)
                            .withAttribute(BodyErrors.class, errors)
                            .readValue(parser);
        } catch (IOException e) {
            throw JsonFailure.problem(e, bounded);
        }
        if (value == null) {
            throw JsonFailure.wrongShape(bounded);
        }
        errors.check(value);
        return value;
    }

    /** Jackson's own decoder lets overlong sequences and encoded surrogates pass. */
    private static Reader utf8(InputStream body) {
        return new InputStreamReader(
                body,
                StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .onUnmappableCharacter(CodingErrorAction.REPORT));
    }

    /**
     * A body that is an array, up to one more than {@link Json#MOST_ITEMS}: enough to refuse it,
     * whereas 8 MiB of empty objects are millions.
     */
    static final class Items<T> extends ArrayList<T> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(T item) {
            return size() <= Json.MOST_ITEMS && super.add(item);
        }
    }

    /** A member that may be left out is still not null. */
    private static final class Flag extends StdScalarDeserializer<Boolean> {
        private static final long serialVersionUID = 1L;

        private Flag() {
            super(Boolean.class);
        }

        @Override
        public Boolean deserialize(JsonParser parser, DeserializationContext context)
                throws IOException {
            return switch (parser.currentToken()) {
                case VALUE_TRUE -> true;
                case VALUE_FALSE -> false;
                default -> (Boolean) context.handleUnexpectedToken(Boolean.class, parser);
            };
        }

        @Override
        public Boolean getNullValue(DeserializationContext context) throws JsonMappingException {
            throw MismatchedInputException.from(context.getParser(), Boolean.class, "null");
        }

        @Override
        public Boolean getAbsentValue(DeserializationContext context) {
            return null;
        }
    }
}
