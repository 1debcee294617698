package io.framequota.ingest.chunk;

import java.util.List;

/**
 * The result of a pass that reached the end of its source. A resumed pass gives the same summary as an uninterrupted one.
 *
 * @param frames of the source, including those that are not written
 * @param chunks of the source, including skipped ones and those of earlier passes
 * @param transport how the frames of the pass travel
 * @param warnings one line each, for people, without repetition; those of the request first
 */
public record ChunkingSummary(long frames, int chunks, FrameTransport transport, List<String> warnings) {
    public ChunkingSummary {
        warnings = List.copyOf(warnings);
    }
}
