package io.framequota.ingest.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Runs single statements with arguments in order. An {@link Instant} is bound as a timestamp in UTC, a collection of strings as an
 * array of texts.
 */
final class Sql {
    /** Rows fetched at a time: a row of an earlier release may have labels of hundreds of kB. */
    private static final int FETCH_SIZE = 50;

    private Sql() {}

    /** Maps the current row of a result. */
    @FunctionalInterface
    interface RowMapper<T> {
        T map(ResultSet row) throws SQLException;
    }

    /** Takes the current row of a result, and says whether it wants the next one. */
    @FunctionalInterface
    interface RowReader {
        boolean read(ResultSet row) throws SQLException;
    }

    /** Runs a statement and returns the number of rows that it changed. */
    static int update(Connection c, String sql, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement s = prepare(c, sql, arguments)) {
            return s.executeUpdate();
        }
    }

    /** The rows of a query. */
    static <T> List<T> list(Connection c, String sql, RowMapper<T> mapper, @Nullable Object... arguments)
            throws SQLException {
        List<T> all = new ArrayList<>();
        read(c, sql, row -> all.add(mapper.map(row)), arguments);
        return all;
    }

    /** The first row of a query. */
    static <T> Optional<T> first(Connection c, String sql, RowMapper<T> mapper, @Nullable Object... arguments)
            throws SQLException {
        try (PreparedStatement s = prepare(c, sql, arguments);
                ResultSet rows = s.executeQuery()) {
            return rows.next() ? Optional.of(mapper.map(rows)) : Optional.empty();
        }
    }

    /** Reads the rows of a query until there are no more or the reader wants no more. */
    static void read(Connection c, String sql, RowReader reader, @Nullable Object... arguments) throws SQLException {
        try (PreparedStatement s = prepare(c, sql, arguments);
                ResultSet rows = s.executeQuery()) {
            boolean more = true;
            while (more && rows.next()) {
                more = reader.read(rows);
            }
        }
    }

    private static PreparedStatement prepare(Connection c, String sql, @Nullable Object... arguments)
            throws SQLException {
        PreparedStatement s = c.prepareStatement(sql);
        try {
            s.setFetchSize(FETCH_SIZE);
            for (int i = 0; i < arguments.length; i++) {
                s.setObject(i + 1, bindable(c, arguments[i]));
            }
            return s;
        } catch (SQLException | RuntimeException e) {
            s.close();
            throw e;
        }
    }

    private static @Nullable Object bindable(Connection c, @Nullable Object argument) throws SQLException {
        return switch (argument) {
            case Instant instant -> instant.atOffset(ZoneOffset.UTC);
            case Collection<?> texts -> c.createArrayOf("text", texts.toArray());
            case null, default -> argument;
        };
    }
}
