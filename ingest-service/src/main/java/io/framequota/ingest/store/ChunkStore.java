package io.framequota.ingest.store;

import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.KnownChunk;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The authority's chunks and their winning attempts. Every method is one transaction and throws {@link StoreException}. */
public interface ChunkStore {
    /** A stored gzip member: the winning attempt's. */
    record Member(String job, int chunk, String file, long bytes) {}

    /** What came of a result. */
    sealed interface Commit {
        /** It won; the job as it is now. */
        record Won(Job job, KnownChunk chunk) implements Commit {}

        /** Another, or the same, has won before; the winner's file. */
        record Lost(String winner) implements Commit {}

        /** Its epoch is below the current one. */
        record Stale(long current) implements Commit {}

        /** The job has ended, or nobody waits for this chunk. */
        record Late() implements Commit {}
    }

    /** Adds a chunk, or writes a dropped one anew. False when the job is no longer running. */
    boolean written(WrittenChunk chunk);

    /**
     * Inserts the winning attempt and adds its numbers to the job, which succeeds when that was the last one.
     *
     * @param file its member, relative to the storage
     */
    Commit commit(ChunkResult result, String file, Instant now);

    /** The chunk's winner. */
    Optional<Member> member(String job, int chunk);

    /** Winners of a job from a chunk on, in chunk order. */
    List<Member> members(String job, int from, int limit);

    /** Every chunk known of a job, by index. */
    List<KnownChunk> chunks(String job);

    /** Open chunks of all open jobs, by job and index. */
    List<KnownChunk> open();
}
