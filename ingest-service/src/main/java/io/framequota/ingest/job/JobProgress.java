package io.framequota.ingest.job;

import io.framequota.contract.control.Probed;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The progress of a job.
 *
 * @param expectedFrames frames to infer, 0 when unknown; exact once the source is decoded
 * @param width width of the source's picture as displayed, 0 when unknown
 * @param height height of the source's picture as displayed, 0 when unknown
 * @param decoded whether the whole source was decoded, so that no further chunk comes
 * @param chunks number of chunks written so far
 * @param committed number of chunks with a result
 * @param frames number of frames with a result
 * @param failedFrames number of frames whose result is an error
 * @param warnings one line each, for people
 * @param frameTransport how frames travel to workers, {@code raw} or {@code jpeg-95}; empty before the first chunk
 * @param transport how pixels reach the inference server; empty before the first result
 * @param policy the policy at the last result; empty before the first result
 * @param attemptsBase attempt numbers start above this
 * @param sourceDeleted whether the source is no longer kept
 * @param probed what is known of the source, null before it was probed
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
        boolean sourceDeleted,
        @Nullable Instant lastResultAt,
        BusyTimes busy,
        @Nullable Probed probed) {
    public JobProgress {
        warnings = List.copyOf(warnings);
    }

    /** Microseconds that processes were busy with the job, summed; waiting is counted separately. */
    public record BusyTimes(
            long modelMicros,
            long preprocessMicros,
            long postprocessMicros,
            long transportMicros,
            long decodeMicros,
            long scaleMicros,
            long publishMicros,
            long waitMicros) {

        /** All busy time except for decoding and the model. */
        public long overheadMicros() {
            return preprocessMicros + postprocessMicros + transportMicros + scaleMicros + publishMicros;
        }
    }

    /** The warnings, and one more line when frames failed. */
    public List<String> allWarnings() {
        if (failedFrames == 0) {
            return warnings;
        }
        String failed = failedFrames + (failedFrames == 1 ? " frame" : " frames")
                + " could not be inferred; the result's lines with \"error\" say why";
        return Stream.concat(warnings.stream(), Stream.of(failed)).toList();
    }

    /** Whether every chunk of the source has its result. */
    public boolean complete() {
        return decoded && committed == chunks;
    }
}
