package io.framequota.ingest.job;

import io.framequota.contract.control.Probed;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What has come of a job so far.
 *
 * @param expectedFrames frames to infer, 0 when unknown; exact once decoded
 * @param width of the picture as displayed, 0 when unknown
 * @param height of the picture as displayed, 0 when unknown
 * @param decoded whether no further chunk will come
 * @param chunks written, or known from an earlier pass
 * @param committed chunks with a result
 * @param frames with a line
 * @param failedFrames lines that carry an error
 * @param warnings one line each, for people
 * @param frameTransport how frames travel to workers, {@code raw} or {@code jpeg-95}; empty until a chunk was written
 * @param transport how pixels reached the inference server, empty until one did
 * @param policy in force at the last result, empty until there is one
 * @param attemptsBase the next attempt's number is above this
 * @param discarded whether its source is no longer kept
 * @param probed what is known of its source, null until that was probed
 */
public record JobProgress(
        long expectedFrames,
        int width,
        int height,
        boolean decoded,
        int chunks,
        int committed,
        long frames,
        long detections,
        long failedFrames,
        List<String> warnings,
        String frameTransport,
        String transport,
        String policy,
        int attemptsBase,
        boolean discarded,
        @Nullable Instant lastResultAt,
        BusyTimes busy,
        @Nullable Probed probed) {
    public JobProgress {
        warnings = List.copyOf(warnings);
    }

    /** Of a job whose source was not probed. */
    public JobProgress(
            long expectedFrames,
            int width,
            int height,
            boolean decoded,
            int chunks,
            int committed,
            long frames,
            long detections,
            long failedFrames,
            List<String> warnings,
            String frameTransport,
            String transport,
            String policy,
            int attemptsBase,
            boolean discarded,
            @Nullable Instant lastResultAt,
            BusyTimes busy) {
        this(
                expectedFrames,
                width,
                height,
                decoded,
                chunks,
                committed,
                frames,
                detections,
                failedFrames,
                warnings,
                frameTransport,
                transport,
                policy,
                attemptsBase,
                discarded,
                lastResultAt,
                busy,
                null);
    }

    /** Whether there is nothing left to do. */
    public boolean complete() {
        return decoded && committed == chunks;
    }
}
