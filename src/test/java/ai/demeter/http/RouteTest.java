package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.ws.rs.Path;
import org.junit.jupiter.api.Test;

class RouteTest {

    @Path("/plants/")
    static class Plants {
        public void all() {}

        @Path("{id: [1-9][0-9]{0,17}}/leaves/{leaf}")
        public void leaf() {}
    }

    // Would break: braces of a regular expression, or doubled slashes, in the labels of metrics.
    @Test
    void isTheTemplateWithoutRegularExpressions() throws Exception {
        assertThat(Route.template(Plants.class, Plants.class.getMethod("all")))
                .isEqualTo("/api/plants");
        assertThat(Route.template(Plants.class, Plants.class.getMethod("leaf")))
                .isEqualTo("/api/plants/{id}/leaves/{leaf}");
    }
}
