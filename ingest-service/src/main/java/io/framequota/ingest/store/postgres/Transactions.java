package io.framequota.ingest.store.postgres;

import io.agroal.api.AgroalDataSource;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.StoreException;
import jakarta.inject.Singleton;
import java.sql.Connection;
import java.sql.SQLException;

/** Runs transactions on the database. */
@Singleton
final class Transactions {
    /** Statements of one transaction, which the caller commits. */
    @FunctionalInterface
    interface Work<T> {
        T on(Connection connection) throws SQLException;
    }

    /** SQLSTATE character_not_in_repertoire: retrying does not help. */
    private static final String INVALID_CHARACTER = "22021";

    private static final String UNIQUE_VIOLATION = "23505";

    /** The index that gives a stream key to one open job. */
    private static final String LISTEN_KEYS = "jobs_listen_key";

    private final AgroalDataSource source;

    Transactions(AgroalDataSource source) {
        this.source = source;
    }

    /**
     * Runs a transaction with isolation level read committed. Rolls back when the work throws.
     *
     * @throws RejectedRequestException when a text cannot be stored, or a stream key belongs to another open job
     * @throws StoreException when the database does not carry out the work
     */
    <T> T run(Work<T> work) {
        return run(Connection.TRANSACTION_READ_COMMITTED, work);
    }

    /** Runs a transaction in which all reads see the database as of one moment. */
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
            if (INVALID_CHARACTER.equals(e.getSQLState())) {
                throw RejectedRequestException.malformed(
                        "a name, key, label or id holds a character that cannot be stored, such as NUL; leave it out");
            }
            if (UNIQUE_VIOLATION.equals(e.getSQLState())
                    && String.valueOf(e.getMessage()).contains(LISTEN_KEYS)) {
                throw RejectedRequestException.streamKeyTaken();
            }
            throw new StoreException(
                    "the database does not answer as it should: "
                            + MessageSanitizer.sanitize(String.valueOf(e.getMessage())),
                    e);
        }
    }
}
