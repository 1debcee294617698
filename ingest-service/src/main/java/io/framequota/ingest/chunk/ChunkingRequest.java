package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.Projection;
import io.framequota.media.decode.VideoInfo;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
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
 * @param packets whether the frames travel as packets; then there is nothing to resume, and known chunks are skipped
 * @param projection of the source's pictures; empty, for a job that was not probed, for what the source states
 * @param groupFrames most frames to infer of one group of pictures that travels as packets
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
        int stream,
        boolean packets,
        Optional<Projection> projection,
        int groupFrames) {
    public ChunkingRequest {
        skip = Set.copyOf(skip);
        warnings = List.copyOf(warnings);
        if (every < 1) {
            throw new IllegalArgumentException("every must be 1 or more: " + every);
        }
    }

    /** The projection of the source's pictures. */
    Projection projectionOf(VideoInfo info) {
        return projection.orElse(info.projection());
    }

    /** Index of the first chunk to write. */
    int firstChunk() {
        return resume == null ? 0 : resume.nextChunk();
    }

    /**
     * Index of the first chunk that is not known, from one on. Chunks that are known were cut by an earlier pass over the same
     * packets, and their results may have been shown.
     */
    int firstUnknown(int from) {
        int chunk = from;
        while (skip.contains(chunk)) {
            chunk++;
        }
        return chunk;
    }

    /**
     * What remains of this request behind a chunk that was recorded or skipped.
     *
     * @param found warnings about the source up to there
     */
    ChunkingRequest behind(ChunkInProgress chunk, List<String> found) {
        if (!packets) {
            return with(chunk.resumeBehind(), skip, found);
        }
        Set<Integer> known = new HashSet<>(skip);
        known.add(chunk.index());
        return with(null, known, warnings);
    }

    private ChunkingRequest with(@Nullable ResumePoint from, Set<Integer> known, List<String> found) {
        return new ChunkingRequest(
                job, video, model, every, limits, from, known, found, stream, packets, projection, groupFrames);
    }
}
