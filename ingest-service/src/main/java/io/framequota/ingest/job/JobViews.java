package io.framequota.ingest.job;

import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.JobView;
import java.util.List;

/** What the scheduler is told of a job. */
public final class JobViews {
    private JobViews() {}

    /** @param open its open chunks, by index */
    public static JobView of(Job job, List<KnownChunk> open) {
        return JobView.newBuilder()
                .setId(job.id())
                .setArrival(job.arrival())
                .setSubmittedAtMs(job.submittedAt().toEpochMilli())
                .setModel(job.spec().model().getName())
                .putAllLabels(job.spec().labels())
                .setExpectedFrames(job.tally().expectedFrames())
                .setChunks(job.tally().chunks())
                .setDecoded(job.tally().decoded())
                .addAllOpen(open.stream().map(KnownChunk::chunk).toList())
                .setCommittedFrames(job.tally().frames())
                .setAttemptsBase(job.tally().attemptsBase())
                .build();
    }

    /** The job is there. */
    public static JobFact submitted(Job job, List<KnownChunk> open) {
        return JobFact.newBuilder().setJob(job.id()).setSubmitted(of(job, open)).build();
    }

    /** A chunk has its result. */
    public static JobFact committed(String job, int chunk) {
        return JobFact.newBuilder().setJob(job).setChunkCommitted(chunk).build();
    }

    /** No further chunk will come. */
    public static JobFact decoded(Job job) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setDecoded(job.tally().chunks())
                .build();
    }

    /** The job has ended. */
    public static JobFact ended(Job job) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setEnded(JobState.valueOf(job.state().name()))
                .build();
    }
}
