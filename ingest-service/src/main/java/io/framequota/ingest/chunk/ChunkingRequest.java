package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which chunks of a source are to be written.
 *
 * @param job id
 * @param video the file to decode
 * @param model whose input size the frames are scaled to
 * @param every frames are written whose index in the source is a multiple of this, 1 or more
 * @param limits where chunks end
 * @param resume null to begin with the first frame
 * @param skip indices of chunks that are on the topic or have their result; they are decoded, but neither written nor recorded
 * @param warnings about the part of the source before the first chunk that is written, from earlier passes
 * @param stream of the source, or {@code VideoDecoder.ANY_STREAM}
 */
public record ChunkingRequest(
        String job,
        Path video,
        ModelCard model,
        int every,
        ChunkLimits limits,
        @Nullable ResumePoint resume,
        Set<Integer> skip,
        List<String> warnings,
        int stream) {
    public ChunkingRequest {
        skip = Set.copyOf(skip);
        warnings = List.copyOf(warnings);
        if (every < 1) {
            throw new IllegalArgumentException("every must be 1 or more: " + every);
        }
    }

    /** Index of the first chunk to write. */
    int firstChunk() {
        return resume == null ? 0 : resume.nextChunk();
    }

    /** The part of this request that begins at a later point, with the warnings up to there. */
    ChunkingRequest resumed(@Nullable ResumePoint from, List<String> found) {
        return new ChunkingRequest(job, video, model, every, limits, from, skip, found, stream);
    }
}
