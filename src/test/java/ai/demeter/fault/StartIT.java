package ai.demeter.fault;

import static org.assertj.core.api.Assertions.assertThat;

import ai.demeter.fault.Clients.Answer;
import ai.demeter.run.Stack;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The time between the start of the process and the first answer. */
@Tag("fault")
class StartIT {

    // Would break: to a client that goes to another instance on 503 or a refused connection, 404
    // is a warehouse that does not exist, and an answer that is held is one that does not come.
    @Test
    @DisplayName(
            "until it is ready a request is refused or answered 503, within 2 s, and never 404")
    void tellsNoLies() throws Exception {
        List<Answer> untilServed = new ArrayList<>();
        try (Stack stack = Stack.database("start")) {
            stack.startServer(Map.of());
            Answer last;
            do {
                last = Clients.one(Clients.get(stack, "/api/warehouses"));
                untilServed.add(last);
                TimeUnit.MILLISECONDS.sleep(20);
            } while (last.status() != 200 && stack.server().process().isAlive());
            assertThat(last.status()).as(stack.log().toString()).isEqualTo(200);
            Figures.record(
                    stack,
                    "answers from the start of the process to the first 200, by status (0: refused)",
                    Clients.byStatus(untilServed));
        }
        assertThat(untilServed)
                .allSatisfy(
                        answer -> {
                            assertThat(answer.status()).as(answer.body()).isIn(0, 503, 200);
                            assertThat(answer.took()).isLessThan(Duration.ofSeconds(2));
                            if (answer.status() == 503) {
                                assertThat(answer.body()).contains("urn:demeter:problem:");
                            }
                        });
    }
}
