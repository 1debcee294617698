package io.framequota.ingest.testing;

import io.framequota.contract.control.ModelCard;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/** Jobs for unit tests. */
public final class TestJobs {
    private TestJobs() {}

    /** A job's spec with chunks of 10 frames. */
    public static JobSpec spec(String id, ModelCard model, int every) {
        return new JobSpec(id, "v.mp4", "upload:x", model, every, 10, 1 << 20, Map.of(), VideoDecoder.ANY_STREAM);
    }

    /** A job with this progress. */
    public static Job job(String id, JobState state, JobProgress progress) {
        return new Job(
                spec(id, ModelCard.getDefaultInstance(), 1), 1, Instant.ofEpochSecond(10_000), state, progress, null);
    }

    /** The progress of a job with so many chunks, of which so many are committed. */
    public static JobProgress progress(boolean decoded, int chunks, int committed) {
        return progress(decoded, chunks, committed, 0, 0);
    }

    /** The same, with the size of the source's picture. */
    public static JobProgress progress(boolean decoded, int chunks, int committed, int width, int height) {
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
                List.of(),
                "",
                "",
                "",
                0,
                false,
                null,
                new JobProgress.BusyTimes(0, 0, 0, 0, 0, 0, 0, 0),
                null);
    }
}
