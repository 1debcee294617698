package io.framequota.ingest.chunk;

import io.framequota.contract.control.Chunk;
import java.util.List;

/**
 * A chunk that lies on the frames topic.
 *
 * @param firstPtsMs time of its first frame, for a later {@link ResumePoint}
 * @param transport how its frames travel: {@code raw}, or {@code jpeg-95}
 * @param decodeMicros busy time of decoding, frames left out by {@code every} included
 * @param scaleMicros busy time of converting and scaling
 * @param publishMicros busy time of handing records to the producer
 * @param waitMicros waiting for room, for a partition and for the producer
 * @param warnings of the job so far, as {@link ChunkingSummary#warnings}: a pass that ends early leaves no summary
 */
public record WrittenChunk(
        Chunk chunk,
        double firstPtsMs,
        String transport,
        long decodeMicros,
        long scaleMicros,
        long publishMicros,
        long waitMicros,
        List<String> warnings) {
    public WrittenChunk {
        warnings = List.copyOf(warnings);
    }
}
