package eagleagency;

import com.google.protobuf.ByteString;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import org.sqlite.SQLiteConfig;

/**
 * SQLite with little ado. One connection, one thread. What wasn't committed didn't happen.
 */
public final class Database {
    /** One row, read whole. An absent number or text is null. */
    public record Row(Object... cells) {
        public long number(int column) {
            return ((Number) cells[column]).longValue();
        }

        public boolean isTrue(int column) {
            return number(column) != 0;
        }

        public boolean isSet(int column) {
            return cells[column] != null;
        }

        public String text(int column) {
            return (String) cells[column];
        }

        public ByteString bytes(int column) {
            return ByteString.copyFrom((byte[]) cells[column]);
        }
    }

    private final Connection connection;

    Database(Path file) {
        try {
            SQLiteConfig config = new SQLiteConfig();
            config.setJournalMode(SQLiteConfig.JournalMode.WAL);
            config.setSynchronous(SQLiteConfig.SynchronousMode.FULL);
            config.setBusyTimeout(30_000);
            connection = config.createConnection("jdbc:sqlite:" + file);
        } catch (SQLException why) {
            throw new IllegalStateException(why);
        }
    }

    /** Runs one statement; how many rows it changed. */
    public int run(String sql, Object... arguments) {
        try (PreparedStatement statement = prepared(sql, arguments)) {
            return statement.executeUpdate();
        } catch (SQLException why) {
            throw new IllegalStateException(sql, why);
        }
    }

    /** Every row, read before this returns: whoever goes through them may write. */
    public List<Row> rows(String sql, Object... arguments) {
        try (PreparedStatement statement = prepared(sql, arguments); ResultSet found = statement.executeQuery()) {
            List<Row> rows = new ArrayList<>();
            while (found.next()) {
                Object[] cells = new Object[found.getMetaData().getColumnCount()];
                for (int i = 0; i < cells.length; ++i) cells[i] = found.getObject(i + 1);
                rows.add(new Row(cells));
            }
            return rows;
        } catch (SQLException why) {
            throw new IllegalStateException(sql, why);
        }
    }

    /** The first column of every row. */
    public List<String> texts(String sql, Object... arguments) {
        return rows(sql, arguments).stream().map(row -> row.text(0)).toList();
    }

    /** The first row, or null. */
    public Row row(String sql, Object... arguments) {
        List<Row> rows = rows(sql, arguments);
        return rows.isEmpty() ? null : rows.get(0);
    }

    public long number(String sql, Object... arguments) {
        return row(sql, arguments).number(0);
    }

    /** All of it or, when it throws, nothing. */
    public void transaction(Runnable work) {
        run("BEGIN IMMEDIATE");
        boolean done = false;
        try {
            work.run();
            done = true;
        } finally {
            run(done ? "COMMIT" : "ROLLBACK");
        }
    }

    private PreparedStatement prepared(String sql, Object[] arguments) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(sql);
        for (int i = 0; i < arguments.length; ++i) {
            statement.setObject(i + 1, arguments[i] instanceof ByteString bytes ? bytes.toByteArray() : arguments[i]);
        }
        return statement;
    }
}
