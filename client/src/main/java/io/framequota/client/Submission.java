package io.framequota.client;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Settings of a job.
 *
 * @param model name of the model
 * @param every infer every Nth frame
 * @param labels of the job
 * @param idempotencyKey submissions with the same key return the same job; null for none
 * @param stream number of the stream to decode, null for the video stream that a player would show
 */
public record Submission(
        String model,
        int every,
        Map<String, String> labels,
        @Nullable String idempotencyKey,
        @Nullable Integer stream) {
    /** Settings for the stream that a player would show. */
    public Submission(String model, int every, Map<String, String> labels, @Nullable String idempotencyKey) {
        this(model, every, labels, idempotencyKey, null);
    }
}
