package ai.demeter.http;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.exc.InputCoercionException;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.DeserializationConfig;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.deser.BeanDeserializerModifier;
import com.fasterxml.jackson.databind.deser.std.DelegatingDeserializer;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.math.BigDecimal;

/**
 * Binds one value of a body, a member or an item, and goes on after one that is not what it must
 * be: that is noted in {@link BodyErrors}, and the value is null meanwhile.
 */
final class MemberBinding extends DelegatingDeserializer {
    private static final long serialVersionUID = 1L;

    private MemberBinding(JsonDeserializer<?> delegate) {
        super(delegate);
    }

    @Override
    protected JsonDeserializer<?> newDelegatingInstance(JsonDeserializer<?> delegate) {
        return new MemberBinding(delegate);
    }

    @Override
    public Object deserialize(JsonParser parser, DeserializationContext context)
            throws IOException {
        JsonStreamContext place = place(parser);
        if (isBeyondMeasure(place, context)) {
            parser.skipChildren(); // of millions each would take its time, an exception 10 µs
            return null;
        }
        try {
            return super.deserialize(parser, context);
        } catch (InputCoercionException e) { // a number that the type has no room for
            return unbound(place, e.getTargetType(), e, context);
        } catch (MismatchedInputException e) {
            Object instead = unbound(place, e.getTargetType(), e, context);
            skipTo(place, parser);
            return instead;
        }
    }

    /** Whether a value can make no difference to the answer any more. */
    private static boolean isBeyondMeasure(
            JsonStreamContext place, DeserializationContext context) {
        return place.inArray()
                && (errors(context).isFull()
                        || place.getParent().inRoot() && place.getCurrentIndex() > Json.MOST_ITEMS);
    }

    @Override
    public Object getNullValue(DeserializationContext context) throws JsonMappingException {
        try {
            return super.getNullValue(context);
        } catch (MismatchedInputException e) {
            return unbound(place(context.getParser()), e.getTargetType(), e, context);
        }
    }

    /** The whole body is not noted: it is malformed then, and there is nothing to go on with. */
    private <E extends JsonProcessingException> Object unbound(
            JsonStreamContext place, Class<?> type, E failure, DeserializationContext context)
            throws E, JsonMappingException {
        if (place.inRoot()) {
            throw failure;
        }
        errors(context).unbound(path(place), mustBe(type));
        return handledType().isPrimitive() ? _delegatee.getEmptyValue(context) : null;
    }

    private static BodyErrors errors(DeserializationContext context) {
        return (BodyErrors) context.getAttribute(BodyErrors.class);
    }

    /** What the value at hand is in: an object, whose member it is, or an array. */
    private static JsonStreamContext place(JsonParser parser) {
        JsonStreamContext context = parser.getParsingContext();
        return parser.currentToken().isStructStart() ? context.getParent() : context;
    }

    /** To the end of a value, of which a part was read perhaps. */
    private static void skipTo(JsonStreamContext place, JsonParser parser) throws IOException {
        while (parser.getParsingContext() != place) {
            parser.nextToken(); // throws where the text ends early
        }
    }

    /** As clients write it: {@code items[3].code}; a body that is an array goes by "items". */
    private static String path(JsonStreamContext place) {
        if (place.inRoot()) {
            return "";
        }
        String before = path(place.getParent());
        if (place.inArray()) {
            return (before.isEmpty() ? "items" : before) + "[" + place.getCurrentIndex() + "]";
        }
        return before.isEmpty() ? place.getCurrentName() : before + "." + place.getCurrentName();
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // asked for enums alone
    private static String mustBe(Class<?> type) {
        if (type == null) {
            return "is not what it must be";
        }
        if (type.isEnum()) {
            return WireNames.of((Class) type).mustBe();
        }
        if (type == String.class) {
            return "must be a string";
        }
        if (type == Boolean.class || type == boolean.class) {
            return "must be true or false";
        }
        if (type == Double.class || type == double.class || type == BigDecimal.class) {
            return "must be a number";
        }
        return Number.class.isAssignableFrom(type) || type.isPrimitive()
                ? "must be a whole number, and not too large"
                : "must be an object";
    }

    /** Puts one around whatever binds a record, or a member of one that is no list. */
    static final class Modifier extends BeanDeserializerModifier {
        private static final long serialVersionUID = 1L;

        @Override
        public JsonDeserializer<?> modifyDeserializer(
                DeserializationConfig config,
                BeanDescription description,
                JsonDeserializer<?> deserializer) {
            return new MemberBinding(deserializer);
        }

        @Override
        public JsonDeserializer<?> modifyEnumDeserializer(
                DeserializationConfig config,
                JavaType type,
                BeanDescription description,
                JsonDeserializer<?> deserializer) {
            return new MemberBinding(deserializer);
        }
    }
}
