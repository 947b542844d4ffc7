package ai.demeter.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import ai.demeter.incontainer.Archive;
import ai.demeter.incontainer.Outside;
import ai.demeter.incontainer.Probe;
import ai.demeter.incontainer.RoundTrips;
import ai.demeter.run.Until;
import ai.demeter.schema.Schema;
import ai.demeter.warehouse.Warehouse;
import ai.demeter.warehouse.WarehouseType;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.jboss.arquillian.container.test.api.Deployment;
import org.jboss.arquillian.junit5.ArquillianExtension;
import org.jboss.shrinkwrap.api.spec.WebArchive;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Units of work of a request with a key, in the transaction of its key on each server. */
@Tag("in-container")
@ExtendWith(ArquillianExtension.class)
class OnceInContainerIT {

    @Inject private Once once;
    @Inject private Probe probe;
    @Inject private Schema schema;

    @Deployment
    static WebArchive archive() throws Exception {
        return Archive.with(OnceInContainerIT.class);
    }

    @BeforeEach
    void emptyTables() throws Exception {
        Until.holds("the schema is current", () -> schema.state() == Schema.State.CURRENT);
        Outside.execute(
                "DROP TRIGGER IF EXISTS at_commit ON warehouse",
                "TRUNCATE TABLE warehouse, idempotency CASCADE");
    }

    private static KeyedRequest next() {
        return KeyedRequest.of(UUID.randomUUID().toString(), "POST", "/", new byte[0]);
    }

    private static Attempt answer(int status) {
        byte[] body = Integer.toString(status).getBytes(StandardCharsets.UTF_8);
        return new Attempt(new Answer(status, "A: b\n", body), null);
    }

    private void store(String code) throws Exception {
        probe.write(
                entityManager -> {
                    entityManager.persist(new Warehouse(code, code, WarehouseType.TUNNEL, true));
                    return null;
                });
    }

    private Callable<Attempt> storing(String... codes) {
        return () -> {
            for (String code : codes) {
                store(code);
            }
            return answer(201);
        };
    }

    // Would break: a key costs half of the rate.
    @Test
    void costsOneRoundTripMore() throws Exception {
        store("GH-1"); // its sequence is at hand from now on
        assertThat(RoundTrips.of(() -> once.answer(next(), storing("GH-2"))))
                .containsExactly("BEGIN, INSERT", "INSERT", "UPDATE, COMMIT");
    }

    @Test
    void isStoredOnceAndAnsweredAgain() throws Exception {
        KeyedRequest request = next();
        AtomicInteger runs = new AtomicInteger();
        Callable<Attempt> run =
                () -> {
                    runs.incrementAndGet();
                    try {
                        return storing("GH-1").call();
                    } catch (RefusedKey e) {
                        return answer(409); // as http makes a problem of it
                    }
                };
        assertThat(once.answer(request, run).replayed()).isFalse();
        Answer again = once.answer(request, run);
        assertThat(again.replayed()).isTrue();
        assertThat(again.status()).isEqualTo(201);
        assertThat(again.headers()).isEqualTo("A: b\n");
        assertThat(again.body()).asString().isEqualTo("201");
        assertThat(Outside.codes()).containsExactly("GH-1");
    }

    // Would break: half of a request is stored, under a key that says it was not.
    @Test
    void severalUnitsAreOneTransaction() throws Exception {
        once.answer(next(), storing("GH-1", "GH-2"));
        Throwable thrown = catchThrowable(() -> once.answer(next(), storing("GH-3", "GH-1")));
        assertThat(thrown).isNotNull();
        assertThat(Outside.codes()).containsExactly("GH-1", "GH-2");
        assertThat(Outside.query("SELECT key FROM idempotency")).hasSize(1);
    }

    // Would break: "tried and then did something else" works without a key only.
    @Test
    void unitAfterOneThatFailedHasATransactionOfItsOwnWithTheKey() throws Exception {
        store("GH-1");
        once.answer(
                next(),
                () -> {
                    assertThat(catchThrowable(() -> store("GH-1"))).isNotNull();
                    assertThat(
                                    probe.<Object>read(
                                            entityManager ->
                                                    entityManager
                                                            .createQuery(
                                                                    "select count(w) from Warehouse w")
                                                            .getSingleResult()))
                            .isEqualTo(1L);
                    store("GH-2");
                    return answer(201);
                });
        assertThat(Outside.codes()).containsExactly("GH-1", "GH-2");
        assertThat(Outside.query("SELECT status FROM idempotency")).containsExactly("201");
    }

    // Would break: 201 for what was rolled back with a later unit of work that failed.
    @Test
    void successThatAFailureTookAwayIsNotAcknowledged() throws Exception {
        store("GH-1");
        assertThatThrownBy(
                        () ->
                                once.answer(
                                        next(),
                                        () -> {
                                            store("GH-2");
                                            catchThrowable(() -> store("GH-1"));
                                            return answer(201);
                                        }))
                .isInstanceOf(IllegalStateException.class);
        assertThat(Outside.codes()).containsExactly("GH-1");
        assertThat(Outside.query("SELECT key FROM idempotency")).isEmpty();
    }

    // Would break: clients get 503 for what would succeed a moment later, or it is stored twice.
    @Test
    void contentionAtCommitRunsTheWholeRequestAgain() throws Exception {
        Outside.execute(
                "CREATE OR REPLACE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$"
                        + " BEGIN RAISE 'at commit' USING ERRCODE = '40001'; END $$",
                "CREATE CONSTRAINT TRIGGER at_commit AFTER INSERT ON warehouse"
                        + " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION refuse()");
        AtomicInteger runs = new AtomicInteger();
        Answer answer =
                once.answer(
                        next(),
                        () -> {
                            if (runs.incrementAndGet() == 2) {
                                Outside.execute("DROP TRIGGER at_commit ON warehouse");
                            }
                            store("GH-1");
                            return answer(201);
                        });
        assertThat(answer.status()).isEqualTo(201);
        assertThat(runs).hasValue(2);
        assertThat(Outside.codes()).containsExactly("GH-1");
    }

    // Would break: what a request did is stored although it failed, or its failure is for a day.
    @Test
    void failureRollsBackEvenIfItsUnitsSucceeded() throws Exception {
        KeyedRequest request = next();
        assertThatThrownBy(
                        () ->
                                once.answer(
                                        request,
                                        () -> {
                                            store("GH-1");
                                            return answer(500);
                                        }))
                .isInstanceOf(Unanswered.class);
        assertThat(Outside.codes()).isEmpty();
        assertThat(once.answer(request, storing("GH-1")).replayed()).isFalse();
    }

    // Would break: the outcome of a commit whose connection was lost stays unknown, or both of the
    // attempts are stored.
    @Test
    void connectionLostAtTheCommitIsResolved() throws Exception {
        AtomicInteger runs = new AtomicInteger();
        Answer answer =
                once.answer(
                        next(),
                        () -> {
                            store("GH-1");
                            if (runs.incrementAndGet() == 1) {
                                Outside.terminate("state = 'idle in transaction'");
                            }
                            return answer(201);
                        });
        assertThat(answer.status()).isEqualTo(201);
        assertThat(runs).hasValue(2);
        assertThat(Outside.codes()).containsExactly("GH-1");
    }
}
