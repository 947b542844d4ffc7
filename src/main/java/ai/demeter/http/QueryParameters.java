package ai.demeter.http;

import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.function.Function;

/**
 * Query parameters that are flags ({@code Boolean}) or enums: one that is absent or empty is null,
 * and one that cannot be used is a {@code validation} problem that names it. The servers' own
 * converters take any text that is not {@code true} for false, and answer 404 for an enum.
 */
@Provider
public class QueryParameters implements ParamConverterProvider {

    @Override
    @SuppressWarnings("unchecked") // by its raw type
    public <T> ParamConverter<T> getConverter(
            Class<T> rawType, Type genericType, Annotation[] annotations) {
        String name =
                Arrays.stream(annotations == null ? new Annotation[0] : annotations)
                        .filter(QueryParam.class::isInstance)
                        .map(annotation -> ((QueryParam) annotation).value())
                        .findFirst()
                        .orElse(null);
        if (name == null) {
            return null;
        }
        if (rawType == Boolean.class) {
            return (ParamConverter<T>) new Converter<>(given -> flag(name, given));
        }
        return rawType.isEnum() ? (ParamConverter<T>) ofEnum(name, rawType) : null;
    }

    static Boolean flag(String name, String given) {
        return switch (given) {
            case "true" -> true;
            case "false" -> false;
            default -> throw ProblemException.invalid(name, "must be true or false");
        };
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // asked for enums alone
    private static Converter<?> ofEnum(String name, Class<?> type) {
        WireNames<?> wireNames = WireNames.of((Class) type);
        return new Converter<>(
                given ->
                        wireNames
                                .parse(given)
                                .orElseThrow(
                                        () -> ProblemException.invalid(name, wireNames.mustBe())));
    }

    private record Converter<T>(Function<String, T> parse) implements ParamConverter<T> {
        @Override
        public T fromString(String given) {
            return given == null || given.isEmpty() ? null : parse.apply(given);
        }

        /** Asked of clients in Java alone. */
        @Override
        public String toString(T value) {
            return String.valueOf(value);
        }
    }
}
