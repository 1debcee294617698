package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.LabelLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** What the scheduler is told of a job. */
public final class JobEventMessages {
    private JobEventMessages() {}

    /** @param known its chunks, by index; those that are committed may be left out */
    public static JobView of(Job job, List<KnownChunk> known) {
        JobView.Builder view = JobView.newBuilder()
                .setId(job.id())
                .setArrival(job.arrival())
                .setSubmittedAtMs(job.submittedAt().toEpochMilli())
                .setModel(job.spec().model().getName())
                .putAllLabels(LabelLimits.told(job.spec().labels()))
                .setExpectedFrames(job.tally().expectedFrames())
                .setChunks(job.tally().chunks())
                .setDecoded(job.tally().decoded())
                .addAllOpen(in(KnownChunk.State.OPEN, known).toList())
                .addAllDropped(
                        in(KnownChunk.State.DROPPED, known).map(Chunk::getIndex).toList())
                .setCommittedFrames(job.tally().frames())
                .setAttemptsBase(job.tally().attemptsBase());
        Probed probed = job.tally().probed();
        return (probed == null ? view : view.setProbed(probed)).build();
    }

    private static Stream<Chunk> in(KnownChunk.State state, List<KnownChunk> known) {
        return known.stream().filter(k -> k.state() == state).map(KnownChunk::chunk);
    }

    /** The job is there. */
    public static JobFact submitted(Job job, List<KnownChunk> known) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setSubmitted(of(job, known))
                .build();
    }

    /** What is known of its source. */
    static JobFact probed(String job, Probed probed) {
        return JobFact.newBuilder().setJob(job).setProbed(probed).build();
    }

    /** A decoder has begun with it. */
    static JobFact decoding(String job) {
        return JobFact.newBuilder().setJob(job).setDecoding(true).build();
    }

    /** All that the scheduler has to know of an open job. A fact told twice changes nothing. */
    static List<JobFact> all(Job job, List<KnownChunk> known) {
        List<JobFact> all = new ArrayList<>();
        all.add(submitted(job, known));
        for (KnownChunk k : known) {
            switch (k.state()) {
                case OPEN -> all.add(ready(job.id(), k.chunk()));
                case COMMITTED -> all.add(committed(job.id(), k.chunk().getIndex()));
                case DROPPED -> {}
            }
        }
        if (job.tally().decoded()) {
            all.add(decoded(job));
        }
        return all;
    }

    /** A chunk's frames are on the broker. */
    static JobFact ready(String job, Chunk chunk) {
        return JobFact.newBuilder().setJob(job).setChunkReady(chunk).build();
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
