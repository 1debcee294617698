package io.framequota.ingest.chunk;

import io.framequota.ingest.decode.SourceException;

/** Decodes one source once and writes its frames, chunk after chunk. */
public interface ChunkPublisher {
    /**
     * Runs wholly on the caller's thread, which must be a platform thread, and blocks until the source has ended or the
     * listener says stop. Where a chunk begins and ends depends on nothing but the source and the request, so a resumed
     * pass cuts as the first one did. A broker that is away or full makes this wait, for as long as it takes.
     *
     * @param listener is called on the caller's thread only; what it throws ends the pass
     * @throws SourceException when the source gives no frame at all
     * @throws FramesRefusedException when the broker refuses the frames for a reason that waiting does not mend
     * @throws InterruptedException when the thread is interrupted; chunks not reported as written do not count
     */
    ChunkingSummary publish(ChunkingRequest request, ChunkListener listener)
            throws SourceException, FramesRefusedException, InterruptedException;
}
