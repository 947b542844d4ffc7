package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

/** Otherwise a walk over the pages would miss rows, repeat them or not end. */
class PageTest {

    @ParameterizedTest
    @NullAndEmptySource
    @DisplayName("nothing given means the first page of the usual size")
    void absent(String given) {
        assertThat(Page.limit(given)).isEqualTo(50);
        assertThat(Page.after(given)).isZero();
    }

    @ParameterizedTest
    @CsvSource({"1, 1", "200, 200", "007, 7"})
    @DisplayName("both ends of the range are taken")
    void limit(String given, int limit) {
        assertThat(Page.limit(given)).isEqualTo(limit);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0",
                "201",
                "-1",
                "+1",
                "1.0",
                "1e2",
                " 1",
                "abc",
                "\u0661",
                "9999999999999999999999"
            })
    @DisplayName("any other limit is refused by name")
    void badLimit(String given) {
        refused(() -> Page.limit(given), "limit", "must be a whole number from 1 to 200");
    }

    @ParameterizedTest
    @CsvSource({"0, 0", "42, 42", "999999999999999999, 999999999999999999"})
    @DisplayName("a cursor is what an earlier page gave")
    void after(String given, long after) {
        assertThat(Page.after(given)).isEqualTo(after);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "abc", "1 OR 1=1", "1;", " ", "9223372036854775808", "\u0000"})
    @DisplayName("any other cursor is refused by name")
    void badAfter(String given) {
        refused(() -> Page.after(given), "after", "must be the next of an earlier page");
    }

    @Test
    @DisplayName("one more than the page holds means that there is a next one, after its last item")
    void next() {
        Page<Long> page = Page.of(List.of(3L, 5L, 8L), 2, id -> id);
        assertThat(page.items()).containsExactly(3L, 5L);
        assertThat(page.next()).isEqualTo("5");
    }

    @Test
    @DisplayName("a full page may be the last one, and an empty one is")
    void last() {
        assertThat(Page.of(List.of(3L, 5L), 2, id -> id).next()).isNull();
        assertThat(Page.of(List.<Long>of(), 2, id -> id).next()).isNull();
    }

    @Test
    @DisplayName("the next of one page is the cursor of the following one, to the end")
    void walk() {
        List<Long> all = LongStream.iterate(1, id -> id * 3).limit(30).boxed().toList();
        List<Long> walked = new java.util.ArrayList<>();
        String cursor = null;
        do {
            long after = Page.after(cursor);
            List<Long> found = all.stream().filter(id -> id > after).limit(8).toList();
            Page<Long> page = Page.of(found, 7, id -> id);
            walked.addAll(page.items());
            cursor = page.next();
        } while (cursor != null);
        assertThat(walked).isEqualTo(all);
    }

    private static void refused(Runnable call, String field, String message) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        ProblemException.class,
                        e -> {
                            assertThat(e.problem().kind()).isEqualTo(Problem.Kind.VALIDATION);
                            assertThat(e.problem().errors())
                                    .containsExactly(new Problem.FieldError(field, message));
                        });
    }
}
