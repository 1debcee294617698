package io.framequota.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What is asked for with a source.
 *
 * @param model to run
 * @param every infer every Nth frame
 * @param labels of the job
 * @param idempotencyKey the same key answers with the job that it made first; null for none
 * @param stream number of the source's stream; null for the one that a viewer would call the video
 */
public record Submission(
        String model,
        int every,
        Map<String, String> labels,
        @Nullable String idempotencyKey,
        @Nullable Integer stream) {
    /** Of the stream that a viewer would call the video. */
    public Submission(String model, int every, Map<String, String> labels, @Nullable String idempotencyKey) {
        this(model, every, labels, idempotencyKey, null);
    }
}
