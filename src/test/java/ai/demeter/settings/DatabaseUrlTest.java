package ai.demeter.settings;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Properties;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.Driver;

/** Otherwise the pool would connect elsewhere, or as someone else, than the URL says. */
class DatabaseUrlTest {

    @ParameterizedTest
    @ValueSource(
            strings = {
                "jdbc:postgresql://localhost:5432/demeterai",
                "jdbc:postgresql://db/demeterai",
                "jdbc:postgresql://a:1,b:2,c/demeterai",
                "jdbc:postgresql://[::1]:5432/demeterai",
                "jdbc:postgresql:demeterai",
                "jdbc:postgresql://db/demeter%20ai?sslmode=verify-full&sslrootcert=/ca.crt",
                "jdbc:postgresql://a,b/demeterai?targetServerType=preferSecondary"
            })
    @DisplayName("a jdbc: URL without credentials is the driver's, unchanged")
    void jdbc(String text) {
        DatabaseUrl url = parse("  " + text + "\n");
        assertThat(url.jdbc()).isEqualTo(text);
        assertThat(url.user()).isNull();
        assertThat(url.password()).isNull();
    }

    @Test
    @DisplayName("user= and password= leave a jdbc: URL, decoded, and the rest stays")
    void jdbcWithCredentials() {
        DatabaseUrl url =
                parse(
                        "jdbc:postgresql://db/d?sslmode=require&user=a%40b&password=p%26+%25%3F%2B%C3%A9&&ssl=true");
        assertThat(url.jdbc()).isEqualTo("jdbc:postgresql://db/d?sslmode=require&ssl=true");
        assertThat(url.user()).isEqualTo("a@b");
        assertThat(url.password()).isEqualTo("p& %?+\u00e9");
        assertThat(parse("jdbc:postgresql://db/d?user=u&password=p").jdbc())
                .isEqualTo("jdbc:postgresql://db/d");
    }

    @ParameterizedTest
    @CsvSource({
        "postgresql://db/d, jdbc:postgresql://db/d,,",
        "postgres://db:6432/d, jdbc:postgresql://db:6432/d,,",
        "postgresql+asyncpg://u:p@db:1/d, jdbc:postgresql://db:1/d, u, p",
        "postgresql+psycopg2://u:p@db/d?sslmode=require, jdbc:postgresql://db/d?sslmode=require, u, p",
        "postgresql+asyncpg://u:p@db/d?ssl=require, jdbc:postgresql://db/d?sslmode=require, u, p",
        "POSTGRESQL://u@db/d, jdbc:postgresql://db/d, u,",
        "'postgresql://u:p@a:1,b:2/d', 'jdbc:postgresql://a:1,b:2/d', u, p",
        "postgresql://u:p@[2001:db8::1]:5432/d, jdbc:postgresql://[2001:db8::1]:5432/d, u, p",
        "postgresql://a%40b:p%3Aw%2F%3F%23%25@db/d%20e, jdbc:postgresql://db/d%20e, a@b, p:w/?#%",
        "postgresql://u:1+1@db/d, jdbc:postgresql://db/d, u, 1+1",
        "postgresql://u:p:q@db/d, jdbc:postgresql://db/d, u, p:q",
        "postgresql://u:p@q@db/d, jdbc:postgresql://db/d, u, p@q",
        "postgresql://u:p/q@db/d, jdbc:postgresql://db/d, u, p/q",
        "postgresql://u:%C3%A9%F0%9F%8C%B1@db/d, jdbc:postgresql://db/d, u, \u00e9\ud83c\udf31",
        "postgresql://db/d?sslrootcert=/run/ca.crt, jdbc:postgresql://db/d?sslrootcert=/run/ca.crt,,",
        "postgresql://db/d?sslrootcert=/run/a@b/ca, jdbc:postgresql://db/d?sslrootcert=/run/a@b/ca,,",
        "postgresql://u:p@db/d?sslcert=/a@b/c, jdbc:postgresql://db/d?sslcert=/a@b/c, u, p"
    })
    @DisplayName("the forms of libpq and SQLAlchemy mean what they mean there")
    void libpq(String text, String jdbc, String user, String password) {
        DatabaseUrl url = parse(text);
        assertThat(url.jdbc()).isEqualTo(jdbc);
        assertThat(url.user()).isEqualTo(user);
        assertThat(url.password()).isEqualTo(password);
        assertThat(Driver.parseURL(url.jdbc(), new Properties())).isNotNull();
    }

    @Test
    @DisplayName("any character may stand in a password, percent-encoded")
    void anyCharacter() {
        StringBuilder every = new StringBuilder();
        for (char c = 1; c < 256; c++) {
            every.append(c);
        }
        String encoded =
                java.net.URLEncoder.encode(
                                every.toString(), java.nio.charset.StandardCharsets.UTF_8)
                        .replace("+", "%20");
        assertThat(parse("postgresql://u:" + encoded + "@db/d").password())
                .isEqualTo(every.toString());
        assertThat(parse("jdbc:postgresql://db/d?user=u&password=" + encoded).password())
                .isEqualTo(every.toString());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "connectTimeout",
                "loginTimeout",
                "socketTimeout",
                "options",
                "ApplicationName",
                "socketFactory",
                "socketFactoryArg",
                "applicationname"
            })
    @DisplayName("a parameter that would undo a variable is refused by name")
    void reserved(String parameter) {
        refused("jdbc:postgresql://db/d?sslmode=require&" + parameter + "=s3cret")
                .contains("parameter " + parameter + " is set by Demeter's own variables");
    }

    @ParameterizedTest
    @ValueSource(strings = {"connect_timeout", "options", "user", "host", "application_name"})
    @DisplayName("a parameter of libpq that pgjdbc does not know is refused by name")
    void foreign(String parameter) {
        refused("postgresql://db/d?" + parameter + "=s3cret")
                .contains("parameter " + parameter + " is not understood in this form");
    }

    @ParameterizedTest
    @CsvSource({
        "mysql://u:s3cret@db/d, does not understand mysql://",
        "jdbc:mysql://db/d?password=s3cret, does not understand jdbc:mysql://",
        "sqlite+aiosqlite:///s3cret, does not understand sqlite+aiosqlite://",
        "s3cret, is not a URL",
        "localhost:5432/s3cret, is not a URL",
        "jdbc:postgresql://u:s3cret@db/d, before @",
        "jdbc:postgresql://db:port/d?password=s3cret, not understood by the driver",
        "jdbc:postgresql://db/?password=s3cret, not understood by the driver",
        "jdbc:postgresql://db/d?password=s3cret%, % that is not followed by",
        "postgresql://u:s3cret%zz@db/d, % that is not followed by",
        "postgresql://u:s3cret@db, no host or no database",
        "postgresql://u:s3cret@/d, no host or no database",
        "postgresql://u:s3cret@db/, no host or no database",
        "postgresql:///d, no host or no database",
        "postgresql://u:s3cret@db/d#f, no host or no database",
        "postgresql://u:s3cret@d b/d, percent-encoded",
        "postgresql://u:s3cret?q@db/d, no host or no database",
        "postgresql://u:a/b?s3cret=1@db/d, must be percent-encoded",
        "postgresql://u:s3cret?1/2@db/d, no host or no database",
        "postgresql://u:s3cret@db:port/d, not understood by the driver"
    })
    @DisplayName("what would be half understood is refused, without the secrets in it")
    void half(String text, String why) {
        refused(text).contains(why);
    }

    @Test
    @DisplayName("what is printed holds the place and the user, never the password")
    void printed() {
        DatabaseUrl url = parse("postgresql://a\u00e9:s3cret@h1,h2/d?sslmode=require");
        assertThat(url).hasToString("jdbc:postgresql://h1,h2/d as a%C3%A9");
        assertThat(url.display()).isEqualTo("jdbc:postgresql://h1,h2/d");
        assertThat(parse("jdbc:postgresql://db/d?password=s3cret"))
                .hasToString("jdbc:postgresql://db/d");
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:postgresql:d, 1",
        "jdbc:postgresql://db/d?x=1, 1",
        "'jdbc:postgresql://a,b:2,c/d?x=1,2', 3",
        "'postgresql://u:p,q@a,b/d', 2"
    })
    @DisplayName("each host gets its own time to answer")
    void hosts(String text, int hosts) {
        assertThat(parse(text).hosts()).isEqualTo(hosts);
    }

    private static DatabaseUrl parse(String text) {
        return DatabaseUrl.parse(Variable.DATABASE_URL, text);
    }

    private static org.assertj.core.api.AbstractStringAssert<?> refused(String text) {
        Throwable thrown =
                org.assertj.core.api.Assertions.catchThrowable(
                        () -> DatabaseUrl.parse(Variable.DATABASE_URL_SYNC, text));
        assertThatThrownBy(
                        () -> {
                            throw thrown;
                        })
                .isInstanceOf(InvalidVariable.class);
        return assertThat(thrown.getMessage())
                .startsWith("DATABASE_URL_SYNC: ")
                .doesNotContain("s3cret")
                .doesNotContain("\n");
    }
}
