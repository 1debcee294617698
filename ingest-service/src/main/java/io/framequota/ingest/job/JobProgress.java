package io.framequota.ingest.job;

import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.FrameTransport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
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
 * @param frameTransport how frames travel to workers, {@code packets}, {@code pixels} or for example {@code jpeg-95}; empty
 *     before the source was probed
 * @param frameTransportReason why frames do not travel as packets, one line; else empty
 * @param leftPacketsAt index of the chunk from which on frames do not travel as packets although earlier ones did or were to;
 *     null when nothing changed on the way
 * @param transport how pixels reach the inference server; empty before the first result
 * @param policy the policy at the last result; empty before the first result
 * @param attemptsBase attempt numbers start above this
 * @param sourceDeleted whether the source is no longer kept
 * @param probed what is known of the source, null before it was probed
 * @param live the progress of a live job
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
        String frameTransportReason,
        @Nullable Integer leftPacketsAt,
        String transport,
        String policy,
        int attemptsBase,
        boolean sourceDeleted,
        @Nullable Instant lastResultAt,
        BusyTimes busy,
        @Nullable Probed probed,
        LiveProgress live) {
    public JobProgress {
        warnings = List.copyOf(warnings);
    }

    /** Whether frames travel as packets. */
    public boolean packets() {
        return frameTransport.equals(FrameTransport.PACKETS.label());
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

    /** Whether a chunk travels as packets: also one below the chunk from which on the job goes by pixels. */
    public boolean cutIntoPackets(int chunk) {
        return packets() || leftPacketsAt != null && chunk < leftPacketsAt;
    }

    /** The warnings, and lines about a change of the transport and about failed frames. */
    public List<String> allWarnings() {
        List<String> all = new ArrayList<>(warnings);
        if (leftPacketsAt != null) {
            all.add("frames travel as " + frameTransport
                    + (leftPacketsAt == 0 ? "" : " from chunk " + leftPacketsAt + " on") + ": " + frameTransportReason);
        }
        if (failedFrames > 0) {
            all.add(failedFrames + (failedFrames == 1 ? " frame" : " frames")
                    + " could not be inferred; the result's lines with \"error\" say why");
        }
        return List.copyOf(all);
    }

    /** Whether every chunk of the source has its result. */
    public boolean complete() {
        return decoded && committed == chunks;
    }
}
