package io.framequota.ingest.chunk;

import io.framequota.ingest.decode.VideoInfo;

/** Follows one pass. Every call comes on the thread that runs the pass. */
public interface ChunkListener {
    /** Once, before the first frame. */
    void opened(VideoInfo probe);

    /**
     * Before a chunk is begun: takes room for it when there is some at once. Otherwise every chunk that is written is
     * reported first, then {@link #awaitRoom} is called: a chunk must not stay unknown while its pass waits, for its
     * partition is free and what others write there is removed together with everything below.
     *
     * @param bytes what the chunk's frames will take together, as far as can be told
     */
    default boolean tryRoom(long bytes) {
        return false;
    }

    /**
     * Before a chunk is begun; returns when there is room for it. The bound on decoding ahead lives behind this. It must
     * return, or throw, soon after {@link #stopped} has become true.
     *
     * @param bytes what the chunk's frames will take together, as far as can be told
     * @throws InterruptedException ends the pass
     */
    void awaitRoom(long bytes) throws InterruptedException;

    /** After a chunk's last record is acknowledged; in chunk order. */
    void written(WrittenChunk chunk);

    /** Asked often: true when the job was cancelled or the process stops. The pass then ends without its open chunk. */
    boolean stopped();
}
