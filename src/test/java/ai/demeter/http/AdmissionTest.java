package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.demeter.health.InFlight;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Otherwise requests wait for what cannot come, or are cut when the service stops. */
class AdmissionTest {
    private final AtomicBoolean usable = new AtomicBoolean(true);
    private final InFlight requests = new InFlight();
    private final List<Problem> refusals = new ArrayList<>();
    private final Admission admission =
            new Admission(usable::get, requests) {
                private static final long serialVersionUID = 1L;

                @Override
                void refuse(
                        Problem problem, HttpServletRequest request, HttpServletResponse response) {
                    refusals.add(problem);
                }
            };
    private final Map<String, Object> answer = new HashMap<>();
    private final AtomicInteger served = new AtomicInteger();

    private static <T> T stub(Class<T> type, Map<String, Object> results, Map<String, Object> set) {
        return type.cast(
                Proxy.newProxyInstance(
                        AdmissionTest.class.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            String name = method.getName();
                            if (name.startsWith("set") && arguments != null) {
                                set.put(
                                        arguments.length > 1
                                                ? arguments[0].toString()
                                                : name.substring(3),
                                        arguments[arguments.length - 1]);
                            }
                            return results.get(name);
                        }));
    }

    private void send(String path, FilterChain chain) throws IOException, ServletException {
        admission.doFilter(
                stub(
                        HttpServletRequest.class,
                        Map.of("getServletPath", path, "getRequestURI", path, "getMethod", "GET"),
                        new HashMap<>()),
                stub(HttpServletResponse.class, Map.of(), answer),
                chain);
    }

    private void send(String path) throws IOException, ServletException {
        send(path, (request, response) -> served.incrementAndGet());
    }

    @Test
    @DisplayName("counts a request while it is answered, and not any more when it failed")
    void counts() throws Exception {
        send("/api/warehouses", (request, response) -> assertThat(requests.count()).isEqualTo(1));
        assertThat(requests.count()).isZero();
        assertThatThrownBy(
                        () ->
                                send(
                                        "/api/warehouses",
                                        (request, response) -> {
                                            throw new IOException("the client is gone");
                                        }))
                .isInstanceOf(IOException.class);
        assertThat(requests.count()).isZero();
    }

    @Test
    @DisplayName("schema not current or database lost: 503 database-unavailable, at once")
    void unusable() throws Exception {
        usable.set(false);
        send("/api/warehouses");
        assertThat(served).hasValue(0);
        assertThat(refusals)
                .extracting(Problem::kind)
                .containsExactly(Problem.Kind.DATABASE_UNAVAILABLE);
        assertThat(requests.count()).isZero();
    }

    @Test
    @DisplayName("stopping: 503, on a connection that is closed after it")
    void stopping() throws Exception {
        requests.close();
        send("/api/warehouses");
        assertThat(served).hasValue(0);
        assertThat(answer).containsEntry("Connection", "close");
        assertThat(refusals).extracting(Problem::status).containsExactly(503);
        assertThat(refusals.get(0).detail()).contains("stopping");
    }

    @Test
    @DisplayName("metrics are answered whatever the state, and count as no request")
    void metrics() throws Exception {
        usable.set(false);
        send(
                "/api/metrics",
                (request, response) -> {
                    assertThat(requests.count()).isZero();
                    served.incrementAndGet();
                });
        assertThat(served).hasValue(1);
    }
}
