package io.framequota.ingest.job.postgres;

import io.agroal.api.AgroalDataSource;
import io.framequota.ingest.job.StoreException;
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

    private final AgroalDataSource source;

    Transactions(AgroalDataSource source) {
        this.source = source;
    }

    /** Read committed; rolled back when the work throws. */
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
            throw new StoreException("the database does not answer as it should: " + firstLine(e), e);
        }
    }

    private static String firstLine(SQLException e) {
        String message = String.valueOf(e.getMessage());
        int end = message.indexOf('\n');
        return end < 0 ? message : message.substring(0, end);
    }
}
