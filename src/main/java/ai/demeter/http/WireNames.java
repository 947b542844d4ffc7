package ai.demeter.http;

import com.fasterxml.jackson.annotation.JsonProperty;
import jakarta.persistence.AttributeConverter;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The names that the constants of an enum have outside Java: in JSON, in query parameters and in
 * the database alike. They stand in one place, the {@code @JsonProperty} of each constant; one
 * without it goes by its own name.
 */
public final class WireNames<E extends Enum<E>> {
    private final Map<E, String> names;
    private final Map<String, E> constants = new HashMap<>();

    private WireNames(Class<E> type) {
        names = new EnumMap<>(type);
        for (E constant : type.getEnumConstants()) {
            names.put(constant, name(constant));
            constants.put(name(constant), constant);
        }
    }

    /** The names of an enum's constants, to be kept by who asks often. */
    public static <E extends Enum<E>> WireNames<E> of(Class<E> type) {
        return new WireNames<>(type);
    }

    private static String name(Enum<?> constant) {
        try {
            JsonProperty property =
                    constant.getDeclaringClass()
                            .getField(constant.name())
                            .getAnnotation(JsonProperty.class);
            return property == null ? constant.name() : property.value();
        } catch (NoSuchFieldException e) {
            throw new IllegalStateException(e); // each constant is a public field (JLS 8.9.3)
        }
    }

    /** The constant of a name; empty if there is none, the name's case included. */
    public Optional<E> parse(String name) {
        return Optional.ofNullable(constants.get(name));
    }

    /** What a client is told that sent another name: all of them, in the order of the constants. */
    String mustBe() {
        return "must be one of " + String.join(", ", names.values());
    }

    /**
     * To and from the column of an entity: an enum has a subclass of its own, for {@code @Convert}.
     */
    public abstract static class Column<E extends Enum<E>>
            implements AttributeConverter<E, String> {
        private final WireNames<E> wireNames;

        protected Column(Class<E> type) {
            wireNames = of(type);
        }

        @Override
        public String convertToDatabaseColumn(E constant) {
            return constant == null ? null : wireNames.names.get(constant);
        }

        @Override
        public E convertToEntityAttribute(String column) {
            return column == null ? null : wireNames.parse(column).orElseThrow();
        }
    }
}
