package io.framequota.ingest.store;

import io.framequota.contract.control.ChunkResult;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.KnownChunk;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The chunks in the database and their winning attempts. Every method is one transaction and throws {@link StoreException}. */
public interface ChunkStore {
    /** The gzip member of a chunk's winning attempt. */
    record Member(String job, int chunk, String file, long bytes) {}

    /** The outcome of committing a result. */
    sealed interface CommitOutcome {
        /** This attempt won. The job is as it is after the commit. */
        record Won(Job job, KnownChunk chunk) implements CommitOutcome {}

        /** An attempt won before, maybe this one; this is the winner's file. */
        record Lost(String winner) implements CommitOutcome {}

        /** The result's epoch is below the current one. */
        record StaleEpoch(long current) implements CommitOutcome {}

        /** The job has ended, the chunk is not open, or it was written again after the attempt was granted. */
        record NotOpen() implements CommitOutcome {}
    }

    /**
     * Adds a chunk, or replaces a dropped one.
     *
     * @return false when the job is no longer running, or its frames travel in another way by now
     */
    boolean add(WrittenChunk chunk);

    /**
     * Inserts the winning attempt of a chunk and adds its numbers to the job. The job succeeds when this was its last chunk.
     *
     * @param file the attempt's member, relative to the storage folder
     */
    CommitOutcome commit(ChunkResult result, String file, Instant now);

    /**
     * Lets the frames of a job whose frames travel as packets travel in another way from a chunk on. Chunks from there on are deleted
     * with their members: they will be cut elsewhere. Attempts of them that were granted before can no longer commit.
     *
     * @param chunk index of the first chunk that travels in the new way
     * @param transport the new way
     * @param reason one line for people
     * @return the job after the change; empty when nothing was changed, because its frames do not travel as packets or it is not
     *     running
     */
    Optional<Job> leavePackets(String job, int chunk, String transport, String reason);

    /**
     * The same from the chunk of an irregular result on.
     *
     * @return empty also when the attempt could not commit the chunk either
     */
    Optional<Job> leavePackets(ChunkResult irregular, String transport);

    /**
     * Keeps how often the process of a worker died with an open chunk, for later leaders. A chunk that is not open stays as it is.
     *
     * @throws StaleEpochException when the epoch is no longer the current one; nothing was changed then
     */
    void keepDeaths(long epoch, String job, int chunk, int deaths);

    /** The files of all members of a job. */
    List<String> memberFiles(String job);

    /** The member of the chunk's winner. */
    Optional<Member> member(String job, int chunk);

    /** Members of a job's winners from a chunk on, in chunk order. */
    List<Member> members(String job, int from, int limit);

    /** Every known chunk of a job, by index. */
    List<KnownChunk> chunks(String job);

    /** The open chunks of all open jobs, by job and index. */
    List<KnownChunk> openChunks();
}
