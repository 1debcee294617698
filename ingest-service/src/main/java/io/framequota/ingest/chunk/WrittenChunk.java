package io.framequota.ingest.chunk;

import io.framequota.contract.control.Chunk;
import java.util.List;

/**
 * A chunk that lies on the frames topic.
 *
 * @param firstPtsMs time of its first frame, for a later {@link ResumePoint}
 * @param transport how its frames travel
 * @param decodeMicros busy time of decoding, including frames that {@code every} leaves out
 * @param scaleMicros busy time of converting and scaling
 * @param publishMicros busy time of handing records to the producer
 * @param waitMicros time spent waiting for room, for a partition and for the producer
 * @param warnings about the source so far, as in {@link ChunkingSummary#warnings}: a pass that is stopped gives no summary
 */
public record WrittenChunk(
        Chunk chunk,
        double firstPtsMs,
        FrameTransport transport,
        long decodeMicros,
        long scaleMicros,
        long publishMicros,
        long waitMicros,
        List<String> warnings) {
    public WrittenChunk {
        warnings = List.copyOf(warnings);
    }
}
