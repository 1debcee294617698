package io.framequota.ingest.store.postgres;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;

/**
 * Keeps a new leader's snapshot whole. A sequence's numbers are not committed in their order, so a snapshot could hold job 6
 * and miss job 5, whose later fact the leader would take for an old one. So submissions hold a shared lock, which the
 * snapshot waits for and keeps out.
 */
final class SubmissionLock {
    private static final long LOCK = 0x4652_514f_5441L;

    private SubmissionLock() {}

    /** Before a submission takes its number; until its transaction ends. */
    static void joinIn(Connection c) throws SQLException {
        lock(c, "select pg_advisory_xact_lock_shared(?)");
    }

    /** Waits for submissions under way and keeps new ones waiting until this transaction ends. */
    static void holdBack(Connection c) throws SQLException {
        lock(c, "select pg_advisory_xact_lock(?)");
    }

    private static void lock(Connection c, String sql) throws SQLException {
        try (PreparedStatement s = c.prepareStatement(sql)) {
            s.setLong(1, LOCK);
            s.execute();
        }
    }
}
