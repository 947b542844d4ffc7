package ai.demeter.connection;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * One connection to a {@link ScriptedPostgres}; the messages are those of "Message Formats" in
 * PostgreSQL's manual.
 */
final class ScriptedSession {
    /** The column of how long names may be. */
    private static final String NAME_LENGTH = "typlen";

    private static final int SSL_REQUEST = 80_877_103;
    private static final int GSS_REQUEST = 80_877_104;

    private final ScriptedPostgres server;
    private final Socket socket;
    private final DataInputStream in;
    private final DataOutputStream out;
    private final Map<String, String> prepared = new ConcurrentHashMap<>();
    private String bound = "";
    private boolean inError;
    private char transaction = 'I';

    ScriptedSession(ScriptedPostgres server, Socket socket) throws IOException {
        this.server = server;
        this.socket = socket;
        socket.setTcpNoDelay(true);
        in = new DataInputStream(socket.getInputStream());
        out = new DataOutputStream(new BufferedOutputStream(socket.getOutputStream()));
    }

    void close() throws IOException {
        socket.close();
    }

    void serve() throws IOException, InterruptedException {
        server.sessions.add(this);
        try (socket) {
            if (login()) {
                while (true) {
                    char type = (char) in.readByte();
                    byte[] body = in.readNBytes(in.readInt() - 4);
                    server.awaitVoice();
                    if (type == 'X' || !answer(type, body)) {
                        return;
                    }
                }
            }
        } finally {
            server.sessions.remove(this);
        }
    }

    private boolean login() throws IOException, InterruptedException {
        byte[] body = in.readNBytes(in.readInt() - 4);
        int code = ByteBuffer.wrap(body).getInt();
        server.awaitVoice();
        if (code == SSL_REQUEST || code == GSS_REQUEST) {
            out.writeByte('N');
            flush();
            return login();
        }
        server.logins.add(new String(body, 4, body.length - 4, StandardCharsets.UTF_8));
        if (server.asksForPassword) {
            message('R', new byte[] {0, 0, 0, 3});
            flush();
            in.readByte();
            byte[] password = in.readNBytes(in.readInt() - 4);
            server.passwords.add(text(password, 0));
        }
        Thread.sleep(server.loginTime.toMillis());
        if (server.refusal != null) {
            error("FATAL", server.refusal);
            flush();
            return false;
        }
        message('R', new byte[4]);
        parameter("server_version", "18.0");
        parameter("client_encoding", "UTF8");
        parameter("DateStyle", "ISO, MDY");
        parameter("integer_datetimes", "on");
        parameter("standard_conforming_strings", "on");
        parameter("TimeZone", "UTC");
        parameter("in_hot_standby", server.standby ? "on" : "off");
        parameter("default_transaction_read_only", "off");
        message('K', new byte[8]);
        ready();
        return true;
    }

    /** Whether the connection goes on. */
    private boolean answer(char type, byte[] body) throws IOException {
        if (inError && type != 'S') {
            return true;
        }
        switch (type) {
            case 'Q' -> {
                String sql = text(body, 0);
                if (value(sql) != null) {
                    describe(sql);
                }
                if (!execute(sql)) {
                    return false;
                }
                ready();
            }
            case 'P' -> {
                String name = text(body, 0);
                prepared.put(name, text(body, name.length() + 1));
                message('1');
            }
            case 'B' -> {
                bound = prepared.get(text(body, text(body, 0).length() + 1));
                message('2');
            }
            case 'D' -> {
                if (body[0] == 'S') {
                    message('t', new byte[2]);
                    describe(prepared.get(text(body, 1)));
                } else {
                    describe(bound);
                }
            }
            case 'E' -> {
                return execute(bound);
            }
            case 'C' -> message('3');
            case 'S' -> ready();
            default -> {}
        }
        return true;
    }

    /** What is asked when a session is opened has an answer; all else has none. */
    private String value(String sql) {
        if (sql.equalsIgnoreCase("show transaction_read_only")) {
            return server.standby ? "on" : "off";
        }
        if (sql.contains(NAME_LENGTH)) {
            return "64";
        }
        return sql.contains("pg_walfile_name") && server.timeline > 0
                ? "%08X0000000000000001 0 off 15 5 60".formatted(server.timeline)
                : null;
    }

    private void describe(String sql) throws IOException {
        if (value(sql) == null) {
            message('n');
            return;
        }
        ByteArrayOutputStream column = new ByteArrayOutputStream();
        column.write(new byte[] {0, 1});
        String name = sql.contains(NAME_LENGTH) ? NAME_LENGTH : "value";
        column.write(name.getBytes(StandardCharsets.UTF_8));
        column.write(new byte[7]);
        column.write(new byte[] {0, 0, 0, 25, -1, -1, -1, -1, -1, -1, 0, 0});
        message('T', column.toByteArray());
    }

    private boolean execute(String sql) throws IOException {
        server.executed.add(sql);
        String failure = server.failing.get(sql);
        if (failure != null && failure.isEmpty()) {
            return false;
        }
        if (failure != null) {
            error("ERROR", failure);
            inError = true;
        } else if (sql.isEmpty()) {
            message('I');
        } else {
            if (value(sql) != null) {
                byte[] value = value(sql).getBytes(StandardCharsets.UTF_8);
                ByteArrayOutputStream row = new ByteArrayOutputStream();
                row.write(new byte[] {0, 1, 0, 0, 0, (byte) value.length});
                row.write(value);
                message('D', row.toByteArray());
            }
            transaction =
                    sql.equals("BEGIN") ? 'T' : sql.matches("COMMIT|ROLLBACK") ? 'I' : transaction;
            if (server.warning.containsKey(sql)) {
                notice('N', "WARNING", server.warning.get(sql));
            }
            message('C', (sql.split(" ")[0] + "\0").getBytes(StandardCharsets.UTF_8));
        }
        return true;
    }

    private void ready() throws IOException {
        inError = false;
        message('Z', new byte[] {(byte) transaction});
        flush();
    }

    void error(String severity, String sqlState) throws IOException {
        notice('E', severity, sqlState);
    }

    private void notice(char type, String severity, String sqlState) throws IOException {
        String fields = "S" + severity + "\0V" + severity + "\0C" + sqlState + "\0Mscripted\0\0";
        message(type, fields.getBytes(StandardCharsets.UTF_8));
    }

    void parameter(String name, String value) throws IOException {
        message('S', (name + "\0" + value + "\0").getBytes(StandardCharsets.UTF_8));
    }

    private void message(char type, byte... body) throws IOException {
        out.writeByte(type);
        out.writeInt(body.length + 4);
        out.write(body);
    }

    void flush() throws IOException {
        out.flush();
    }

    /** The text that starts there and ends with a zero. */
    private static String text(byte[] body, int from) {
        int to = from;
        while (body[to] != 0) {
            to++;
        }
        return new String(body, from, to - from, StandardCharsets.UTF_8);
    }
}
