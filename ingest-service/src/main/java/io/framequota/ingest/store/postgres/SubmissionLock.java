package io.framequota.ingest.store.postgres;

import java.sql.Connection;
import java.sql.SQLException;

/**
 * Keeps submissions out of the moment at which a new leader's snapshot is taken. Numbers of a sequence are not committed in order:
 * without this lock a snapshot could hold job 6 and miss job 5, and the leader would ignore the later event of job 5 as an old
 * one. Submissions hold the lock shared; the snapshot waits for them and holds it alone.
 */
final class SubmissionLock {
    private static final long LOCK = 0x4652_514f_5441L;

    private SubmissionLock() {}

    /** To be called before a submission takes its number. Held until the transaction ends. */
    static void acquireShared(Connection c) throws SQLException {
        lock(c, "select pg_advisory_xact_lock_shared(?)");
    }

    /** Waits for submissions in progress, and keeps new ones waiting until this transaction ends. */
    static void acquireExclusive(Connection c) throws SQLException {
        lock(c, "select pg_advisory_xact_lock(?)");
    }

    private static void lock(Connection c, String sql) throws SQLException {
        Sql.first(c, sql, r -> true, LOCK);
    }
}
