package io.framequota.ingest.store.postgres;

import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.store.JobStore.TenantLimits;
import java.sql.Connection;
import java.sql.SQLException;

/**
 * Rejects a submission when its tenant has as much as it may have. Submissions of one tenant with limits wait for each other, so that
 * several at once cannot pass together.
 */
final class TenantLimitCheck {
    /** Keeps these locks apart from others with numbers of their own. */
    private static final int LOCKS = 0x4652_5154;

    private final String tenant;
    private final TenantLimits limits;

    private TenantLimitCheck(String tenant, TenantLimits limits) {
        this.tenant = tenant;
        this.limits = limits;
    }

    /** To be called before {@link SubmissionLock#acquireShared}, because a leader waits for that lock's holders. */
    static TenantLimitCheck begin(Connection c, String tenant, TenantLimits limits) throws SQLException {
        if (!limits.equals(TenantLimits.NONE)) {
            Sql.first(c, "select pg_advisory_xact_lock(?, hashtext(?))", r -> true, LOCKS, tenant);
        }
        return new TenantLimitCheck(tenant, limits);
    }

    /** @param uploadBytes that the submission brings */
    void check(Connection c, long uploadBytes) throws SQLException {
        if (limits.openJobs() < Long.MAX_VALUE) {
            long open = count(c, "select count(*) from jobs where tenant = ? and state in ('QUEUED', 'RUNNING')");
            if (open >= limits.openJobs()) {
                throw RejectedRequestException.tooMany("tenant " + tenant + " has " + open
                        + " open jobs, and may have " + limits.openJobs()
                        + "; submit when one has ended, or cancel one");
            }
        }
        if (uploadBytes > 0 && limits.uploadBytes() < Long.MAX_VALUE) {
            long kept = count(c, "select coalesce(sum(upload_bytes), 0) from jobs where tenant = ? and not discarded");
            if (kept + uploadBytes > limits.uploadBytes()) {
                throw RejectedRequestException.tooMany("with this file the uploads of tenant " + tenant + " would take "
                        + (kept + uploadBytes) + " bytes, and may take " + limits.uploadBytes()
                        + "; delete jobs that have ended");
            }
        }
    }

    private long count(Connection c, String sql) throws SQLException {
        return Sql.first(c, sql, r -> r.getLong(1), tenant).orElse(0L);
    }
}
