package ai.demeter.http;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
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
import jakarta.validation.ConstraintViolation;
import jakarta.validation.Validation;
import jakarta.validation.Validator;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;

/**
 * JSON in and out, for records and lists of records.
 *
 * <p>By Jackson rather than JSON-B: JSON-B turns {@code "active": "yes"} into false and {@code
 * "code": 5} into "5" without a word, and does not say which member it could not read. What is read
 * here is exactly what the record declares, satisfies its Bean Validation constraints, or is
 * refused by field.
 */
@Provider
@Consumes(MediaType.APPLICATION_JSON)
@Produces({MediaType.APPLICATION_JSON, Problem.MEDIA_TYPE})
public class Json implements MessageBodyReader<Object>, MessageBodyWriter<Object> {

    /** Of a body that is an array (docs/guarantees.md, "API"). */
    public static final int MOST_ITEMS = 10_000;

    private static final Validator VALIDATOR =
            Validation.buildDefaultValidatorFactory().getValidator();

    /** Of one text; where it is to be shorter, the record's constraints say so. */
    private static final int MOST_CHARACTERS = 100_000;

    private static final JsonMapper MAPPER =
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
                    .disable(
                            DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES) // docs/guarantees.md
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
                    .addModule(new SimpleModule().addDeserializer(Boolean.class, new Flag()))
                    .build();

    /**
     * A body that is an array, up to one more than {@link #MOST_ITEMS}: enough to refuse it,
     * whereas 8 MiB of empty objects are millions.
     */
    private static final class Items<T> extends ArrayList<T> {
        private static final long serialVersionUID = 1L;

        @Override
        public boolean add(T item) {
            return size() <= MOST_ITEMS && super.add(item);
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

    /** The JSON of a value; for answers that do not pass through JAX-RS. */
    static byte[] bytes(Object value) throws IOException {
        return MAPPER.writeValueAsBytes(value);
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord() || isListOfRecords(type, genericType);
    }

    /**
     * Reads and checks a body.
     *
     * @throws ProblemException {@code malformed} if it is not JSON of this shape, {@code
     *     validation} if a member is not what the record takes, {@code payload-too-large}
     */
    @Override
    public Object readFrom(
            Class<Object> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, String> headers,
            InputStream body)
            throws IOException {
        JavaType javaType = MAPPER.constructType(genericType);
        if (javaType.isCollectionLikeType()) {
            javaType =
                    MAPPER.getTypeFactory()
                            .constructCollectionType(Items.class, javaType.getContentType());
        }
        Object value;
        try (JsonParser parser = new BoundedParser(MAPPER.createParser(utf8(body)))) {
            if (parser.nextToken() == null) {
                throw ProblemException.of(Problem.Kind.MALFORMED, "The body is empty.");
            }
            value = MAPPER.readValue(parser, javaType);
        } catch (JsonMappingException e) {
            if (e.getCause() instanceof ProblemException tooLarge) {
                throw tooLarge;
            }
            if (e.getCause() instanceof StreamConstraintsException) {
                throw beyondMeasure(e);
            }
            throw e.getCause() instanceof CharacterCodingException
                    ? notUtf8()
                    : unmapped(e, javaType);
        } catch (StreamConstraintsException e) {
            throw beyondMeasure(e);
        } catch (JacksonException e) {
            throw ProblemException.of(
                    Problem.Kind.MALFORMED, "The body is not valid JSON" + where(e) + ".");
        } catch (CharacterCodingException e) {
            throw notUtf8();
        }
        if (value == null) {
            throw wrongShape(javaType);
        }
        validate(value);
        return value;
    }

    @Override
    public boolean isWriteable(
            Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord();
    }

    @Override
    public void writeTo(
            Object value,
            Class<?> type,
            Type genericType,
            Annotation[] annotations,
            MediaType mediaType,
            MultivaluedMap<String, Object> headers,
            OutputStream out)
            throws IOException {
        out.write(bytes(value));
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

    private static ProblemException notUtf8() {
        return ProblemException.of(Problem.Kind.MALFORMED, "The body is not valid UTF-8.");
    }

    private static boolean isListOfRecords(Class<?> type, Type genericType) {
        return List.class.isAssignableFrom(type)
                && MAPPER.constructType(genericType).getContentType().getRawClass().isRecord();
    }

    private static void validate(Object value) {
        List<Problem.FieldError> errors = new ArrayList<>();
        if (value instanceof Items<?> items) {
            if (items.size() > MOST_ITEMS) {
                throw ProblemException.invalid("items", "must be at most " + MOST_ITEMS);
            }
            for (int i = 0; i < items.size() && errors.size() < Problem.MOST_ERRORS; i++) {
                if (items.get(i) == null) {
                    errors.add(new Problem.FieldError("items[" + i + "]", "must be an object"));
                } else {
                    errors.addAll(violations("items[" + i + "].", items.get(i)));
                }
            }
        } else {
            errors.addAll(violations("", value));
        }
        if (!errors.isEmpty()) {
            throw ProblemException.invalid(errors);
        }
    }

    private static List<Problem.FieldError> violations(String prefix, Object record) {
        Set<ConstraintViolation<Object>> violations = VALIDATOR.validate(record);
        return violations.stream()
                .map(
                        violation ->
                                new Problem.FieldError(
                                        prefix + violation.getPropertyPath(),
                                        violation.getMessage()))
                .sorted(
                        Comparator.comparing(Problem.FieldError::field)
                                .thenComparing(Problem.FieldError::message))
                .toList();
    }

    private static ProblemException beyondMeasure(JacksonException failure) {
        return ProblemException.of(
                Problem.Kind.MALFORMED,
                "The body is nested too deep, or a name, number or text in it is too long"
                        + where(failure)
                        + ".");
    }

    private static ProblemException unmapped(JsonMappingException failure, JavaType javaType) {
        StringBuilder field = new StringBuilder();
        for (JsonMappingException.Reference step : failure.getPath()) {
            if (step.getFieldName() == null) {
                field.append("items[").append(step.getIndex()).append(']');
            } else {
                field.append(field.isEmpty() ? "" : ".").append(step.getFieldName());
            }
        }
        // A MismatchedInputException is about a value; anything else, such as a duplicate name or
        // text
        // that ends early, about the text.
        if (!(failure instanceof MismatchedInputException mismatch)) {
            return ProblemException.of(
                    Problem.Kind.MALFORMED, "The body is not valid JSON" + where(failure) + ".");
        }
        return field.isEmpty()
                ? wrongShape(javaType)
                : ProblemException.invalid(field.toString(), mustBe(mismatch.getTargetType()));
    }

    private static ProblemException wrongShape(JavaType javaType) {
        return ProblemException.of(
                Problem.Kind.MALFORMED,
                "The body must be one JSON "
                        + (javaType.isCollectionLikeType() ? "array of objects." : "object."));
    }

    private static String mustBe(Class<?> type) {
        if (type == null) {
            return "is not what it must be";
        }
        if (type == String.class) {
            return "must be a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "must be true or false";
        }
        if (type.isEnum()) {
            return "must be one of " + String.join(", ", wireNames(type));
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive()
                ? "must be a number"
                : "must be an object";
    }

    private static List<String> wireNames(Class<?> type) {
        List<String> names = new ArrayList<>();
        for (Object constant : type.getEnumConstants()) {
            names.add(MAPPER.convertValue(constant, String.class));
        }
        return names;
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
