package io.framequota.ingest.store.postgres;

import io.agroal.api.AgroalDataSource;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StoreException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;

/** Runs work in transactions of the authority's database. */
@Singleton
final class Transactions {
    /** Work on a connection whose transaction is the caller's. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** character_not_in_repertoire: no matter how often it is tried. */
    private static final String UNSTORABLE = "22021";

    private final AgroalDataSource source;

    Transactions(AgroalDataSource source) {
        this.source = source;
    }

    /**
     * Read committed; rolled back when the work throws.
     *
     * @throws RejectedRequestException when a text of the work cannot be stored
     * @throws StoreException when the database does not do what it is asked
     */
    <T> T run(Work<T> work) {
        return run(Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** All reads as of one moment. */
    <T> T runOnSnapshot(Work<T> work) {
        return run(Connection.TRANSACTION_REPEATABLE_READ, work);
    }

    private <T> T run(int isolation, Work<T> work) {
        try (Connection connection = source.getConnection()) {
            connection.setTransactionIsolation(isolation);
            connection.setAutoCommit(false);
            try {
                T result = work.on(connection);
                connection.commit();
                return result;
            } catch (SQLException | RuntimeException e) {
                connection.rollback();
                throw e;
            } finally {
                connection.setAutoCommit(true);
            }
        } catch (SQLException e) {
            if (UNSTORABLE.equals(e.getSQLState())) {
                throw new RejectedRequestException(
                        RejectedRequestException.Kind.MALFORMED,
                        "a name, key, label or id holds a character that cannot be stored, such as NUL; leave it out");
            }
            throw new StoreException(
                    "the database does not answer as it should: "
                            + MessageSanitizer.line(String.valueOf(e.getMessage())),
                    e);
        }
    }
}
