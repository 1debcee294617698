package io.framequota.ingest.chunk;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.decode.VideoDecoder;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One pass over a source.
 *
 * @param job id
 * @param video the file to decode
 * @param model what frames are scaled to
 * @param every write the frames whose source index is a multiple of this, 1 or more
 * @param chunkFrames a chunk ends with this many frames
 * @param chunkBytes a chunk ends before its pixels grow beyond this, with one frame at least
 * @param resume null to begin with the first frame
 * @param skip indices of chunks that are committed already: decoded over, not written, not reported
 * @param warnings what earlier passes found wrong with the source before the chunk that this one begins with
 * @param stream of the source, or {@code VideoDecoder.ANY_STREAM}
 */
public record ChunkingRequest(
        String job,
        Path video,
        ModelCard model,
        int every,
        int chunkFrames,
        long chunkBytes,
        @Nullable ResumePoint resume,
        Set<Integer> skip,
        List<String> warnings,
        int stream) {
    public ChunkingRequest {
        skip = Set.copyOf(skip);
        warnings = List.copyOf(warnings);
        if (every < 1 || chunkFrames < 1 || chunkBytes < 1) {
            throw new IllegalArgumentException("every, chunkFrames and chunkBytes must be 1 or more: " + every + ", "
                    + chunkFrames + ", " + chunkBytes);
        }
    }

    /** Of the stream that a viewer would call the video. */
    public ChunkingRequest(
            String job,
            Path video,
            ModelCard model,
            int every,
            int chunkFrames,
            long chunkBytes,
            @Nullable ResumePoint resume,
            Set<Integer> skip,
            List<String> warnings) {
        this(job, video, model, every, chunkFrames, chunkBytes, resume, skip, warnings, VideoDecoder.ANY_STREAM);
    }

    /** The same with other warnings. */
    ChunkingRequest warned(List<String> found) {
        return new ChunkingRequest(job, video, model, every, chunkFrames, chunkBytes, resume, skip, found, stream);
    }
}
