package ai.demeter.http;

import com.fasterxml.jackson.databind.JavaType;
import jakarta.ws.rs.Consumes;
import jakarta.ws.rs.Produces;
import jakarta.ws.rs.core.MediaType;
import jakarta.ws.rs.core.MultivaluedMap;
import jakarta.ws.rs.ext.MessageBodyReader;
import jakarta.ws.rs.ext.MessageBodyWriter;
import jakarta.ws.rs.ext.Provider;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.List;

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

    /** The JSON of a value; for answers that do not pass through JAX-RS. */
    static byte[] bytes(Object value) throws IOException {
        return JsonBinding.MAPPER.writeValueAsBytes(value);
    }

    @Override
    public boolean isReadable(
            Class<?> type, Type genericType, Annotation[] annotations, MediaType mediaType) {
        return type.isRecord()
                || List.class.isAssignableFrom(type)
                        && javaType(genericType).getContentType().getRawClass().isRecord();
    }

    /**
     * Reads and checks a body.
     *
     * @throws ProblemException {@code malformed} if it is not JSON of this shape, {@code
     *     validation} with each member that is not what the record takes, {@code payload-too-large}
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
        return JsonBinding.read(body, javaType(genericType));
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

    private static JavaType javaType(Type genericType) {
        return JsonBinding.MAPPER.constructType(genericType);
    }
}
