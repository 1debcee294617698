package io.framequota.ingest.job;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.decode.VideoDecoder;
import java.util.Map;

/**
 * What was asked for. It never changes, the cut into chunks included: a later pass must cut as the first one did.
 *
 * @param id unique, without a slash
 * @param source as the client named it
 * @param input the same for {@code SourceStore}
 * @param model as it was announced at submission
 * @param every infer the frames whose source index is a multiple of this
 * @param chunkFrames a chunk ends with this many frames
 * @param chunkBytes a chunk ends before it grows beyond this
 * @param stream of the source, or {@code VideoDecoder.ANY_STREAM}
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

    /** Of the stream that a viewer would call the video. */
    public JobSpec(
            String id,
            String source,
            String input,
            ModelCard model,
            int every,
            int chunkFrames,
            long chunkBytes,
            Map<String, String> labels) {
        this(id, source, input, model, every, chunkFrames, chunkBytes, labels, VideoDecoder.ANY_STREAM);
    }
}
