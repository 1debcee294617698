package io.framequota.ingest.testing;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveProgress;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.media.decode.VideoDecoder;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Jobs for unit tests. */
public final class TestJobs {
    private TestJobs() {}

    /** A job's spec with chunks of 10 frames. */
    public static JobSpec spec(String id, ModelCard model, int every) {
        return spec(id, "v.mp4", "upload:x", model, every, Optional.empty(), "default");
    }

    /** The spec of a tenant's job. */
    public static JobSpec spec(String id, String tenant) {
        return spec(id, "v.mp4", "upload:x", ModelCard.getDefaultInstance(), 1, Optional.empty(), tenant);
    }

    /** A live job's spec. */
    public static JobSpec live(String id, String source, LiveSpec live) {
        return live(id, source, live, "default");
    }

    /** The spec of a tenant's live job. */
    public static JobSpec live(String id, String source, LiveSpec live, String tenant) {
        return spec(id, source, source, ModelCard.getDefaultInstance(), 1, Optional.of(live), tenant);
    }

    private static JobSpec spec(
            String id,
            String source,
            String input,
            ModelCard model,
            int every,
            Optional<LiveSpec> live,
            String tenant) {
        return new JobSpec(
                id,
                source,
                input,
                model,
                every,
                10,
                1 << 20,
                Map.of(),
                VideoDecoder.ANY_STREAM,
                TransportChoice.AUTO,
                Optional.empty(),
                250,
                Optional.empty(),
                live,
                tenant);
    }

    /** A job with this progress. */
    public static Job job(String id, JobState state, JobProgress progress) {
        return job(spec(id, ModelCard.getDefaultInstance(), 1), state, progress);
    }

    /** A running job. */
    public static Job job(JobSpec spec, JobProgress progress) {
        return job(spec, new JobState.Running(), progress);
    }

    /** A job in this state. */
    public static Job job(JobSpec spec, JobState state, JobProgress progress) {
        return new Job(spec, 1, Instant.ofEpochSecond(10_000), state, progress, null);
    }

    /** The progress of a job with so many chunks, of which so many are committed. */
    public static JobProgress progress(boolean decoded, int chunks, int committed) {
        return progress(decoded, chunks, committed, 0, 0);
    }

    /** The same, with the size of the source's picture. */
    public static JobProgress progress(boolean decoded, int chunks, int committed, int width, int height) {
        return progress(decoded, chunks, committed, width, height, "", List.of());
    }

    /** The progress of a job whose frames travel in a way, and its warnings. */
    public static JobProgress progress(String frameTransport, List<String> warnings) {
        return progress(false, 0, 0, 0, 0, frameTransport, warnings);
    }

    private static JobProgress progress(
            boolean decoded,
            int chunks,
            int committed,
            int width,
            int height,
            String frameTransport,
            List<String> warnings) {
        return new JobProgress(
                0,
                width,
                height,
                decoded,
                chunks,
                committed,
                0,
                0,
                0,
                warnings,
                frameTransport,
                "",
                null,
                "",
                "",
                0,
                false,
                null,
                new JobProgress.BusyTimes(0, 0, 0, 0, 0, 0, 0, 0),
                null,
                LiveProgress.NONE);
    }
}
