package io.framequota.ingest.job;

import io.framequota.contract.control.ModelCard;
import java.util.Map;

/**
 * What was asked for. It never changes. This includes the limits of chunks, because decoding that resumes must cut the source into
 * the same chunks.
 *
 * @param id unique, without a slash
 * @param source the source as the client named it, with secrets masked
 * @param input the source as {@code SourceStore} names it
 * @param model the model's card at the time of submission
 * @param every frames are inferred whose source index is a multiple of this
 * @param chunkFrames a chunk ends with this many frames
 * @param chunkBytes a chunk ends before its raw pixels have more bytes than this
 * @param stream number of the source's stream, or {@code VideoDecoder.ANY_STREAM}
 */
public record JobSpec(
        String id,
        String source,
        String input,
        ModelCard model,
        int every,
        int chunkFrames,
        long chunkBytes,
        Map<String, String> labels,
        int stream) {
    public JobSpec {
        labels = Map.copyOf(labels);
    }
}
