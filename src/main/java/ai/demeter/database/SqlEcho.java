package ai.demeter.database;

import ai.demeter.settings.Settings;
import ai.demeter.settings.Variable;
import java.util.logging.Logger;
import org.hibernate.resource.jdbc.spi.StatementInspector;

/**
 * Logs every SQL statement of the application, without its values, if {@code DB_ECHO_SQL} says so.
 */
public class SqlEcho implements StatementInspector {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = Logger.getLogger(SqlEcho.class.getName());
    private static final boolean ECHO = Settings.current().flag(Variable.DB_ECHO_SQL);

    @Override
    public String inspect(String sql) {
        if (ECHO) {
            LOG.info(sql);
        }
        return sql;
    }
}
