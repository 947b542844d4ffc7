package ai.demeter.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.annotation.Annotation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayName(
        "Otherwise PostgreSQL would refuse what was let in, or what people can write be refused")
class TextTest {
    private static final String SEEDLING = "\ud83c\udf31";

    private final Text.Check check = new Text.Check();

    @SuppressWarnings("unused")
    private static final class Example {
        @Text(most = 3)
        private String name;
    }

    @BeforeEach
    void initialize() throws NoSuchFieldException {
        Annotation text = Example.class.getDeclaredField("name").getAnnotation(Text.class);
        check.initialize((Text) text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a",
                "abc",
                " a ",
                "\u00e9\u4e2d\u0301",
                SEEDLING + SEEDLING + SEEDLING,
                "\ufffd\uffff\u0001",
                "a\nb",
                "';-"
            })
    @DisplayName("any characters, counted as PostgreSQL counts them")
    void valid(String value) {
        assertThat(check.isValid(value, null)).isTrue();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "\t\r\n",
                "\u2003\u3000",
                "abcd",
                SEEDLING + SEEDLING + SEEDLING + SEEDLING,
                "a\u0000",
                "\u0000",
                "\ud83c",
                "\udf31",
                "\udf31\ud83c",
                "a\ud83c"
            })
    @DisplayName("blank, too long, NUL, half a surrogate pair")
    void invalid(String value) {
        assertThat(check.isValid(value, null)).isFalse();
    }

    @Test
    @DisplayName("absence is not its business")
    void absent() {
        assertThat(check.isValid(null, null)).isTrue();
    }
}
