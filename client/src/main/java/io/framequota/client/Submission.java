package io.framequota.client;

import java.util.List;
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
 * @param transport how frames travel to workers: auto, packets or pixels
 * @param projection of the source's pictures: auto for what the source states, flat, equirect, cubemap, cubemap6x1 or eac
 * @param track whether the result's objects have the numbers of their tracks
 * @param zones in which tracks are counted, each {@code NAME=x,y x,y ...}
 */
public record Submission(
        String model,
        int every,
        Map<String, String> labels,
        @Nullable String idempotencyKey,
        @Nullable Integer stream,
        String transport,
        String projection,
        boolean track,
        List<String> zones) {
    public Submission {
        zones = List.copyOf(zones);
    }

    /** The transport or projection that the server chooses. */
    public static final String AUTO = "auto";

    /** Settings for the stream that a player would show. */
    public Submission(String model, int every, Map<String, String> labels, @Nullable String idempotencyKey) {
        this(model, every, labels, idempotencyKey, null, AUTO, AUTO, false, List.of());
    }
}
