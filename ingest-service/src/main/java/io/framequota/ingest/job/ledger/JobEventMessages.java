package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.job.LabelLimits;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Builds the messages that tell the scheduler about jobs. */
public final class JobEventMessages {
    private JobEventMessages() {}

    /**
     * The state of a job.
     *
     * @param known the job's chunks by index; committed ones may be missing, as all those of live jobs, which are windows of the result
     */
    public static JobView view(Job job, List<KnownChunk> known) {
        JobView.Builder view = JobView.newBuilder()
                .setId(job.id())
                .setArrival(job.arrival())
                .setSubmittedAtMs(job.submittedAt().toEpochMilli())
                .setModel(job.spec().model().getName())
                .putAllLabels(LabelLimits.forScheduler(job.spec().labels()))
                .setExpectedFrames(job.progress().expectedFrames())
                .setChunks(job.live() ? 0 : job.progress().chunks())
                .setDecoded(job.progress().decoded())
                .addAllOpen(chunks(KnownChunk.State.OPEN, known).toList())
                .addAllDropped(chunks(KnownChunk.State.DROPPED, known)
                        .map(Chunk::getIndex)
                        .toList())
                .setCommittedFrames(job.progress().frames())
                .setAttemptsBase(job.progress().attemptsBase());
        Probed probed = job.progress().probed();
        if (probed != null) {
            view.setProbed(probed);
        }
        view.setLive(job.live());
        LiveStream stream = job.progress().live().stream();
        return (stream == null || !job.progress().live().open() ? view : view.setStream(stream)).build();
    }

    private static Stream<Chunk> chunks(KnownChunk.State state, List<KnownChunk> known) {
        return known.stream().filter(k -> k.state() == state).map(KnownChunk::chunk);
    }

    /** The job was submitted or queued again. */
    static JobFact submitted(Job job, List<KnownChunk> known) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setSubmitted(view(job, known))
                .build();
    }

    /** The properties of the job's source are known. */
    static JobFact probed(String job, Probed probed) {
        return JobFact.newBuilder().setJob(job).setProbed(probed).build();
    }

    /** The stream of a live job was opened or has changed. */
    static JobFact live(String job, LiveStream stream) {
        return JobFact.newBuilder().setJob(job).setLive(stream).build();
    }

    /** The stream of a live job has no publisher now. */
    static JobFact liveLost(String job) {
        return JobFact.newBuilder().setJob(job).setLiveLost(true).build();
    }

    /** A decoder starts with the job. */
    static JobFact decoding(String job) {
        return JobFact.newBuilder().setJob(job).setDecoding(true).build();
    }

    /** Every event of an open job. The scheduler may get an event twice. */
    static List<JobFact> allOf(Job job, List<KnownChunk> known) {
        List<JobFact> all = new ArrayList<>();
        all.add(submitted(job, known));
        if (job.live()) {
            return all;
        }
        for (KnownChunk k : known) {
            switch (k.state()) {
                case OPEN -> all.add(chunkReady(k.chunk()));
                case COMMITTED -> all.add(chunkCommitted(job.id(), k.chunk().getIndex()));
                case DROPPED -> {}
            }
        }
        if (job.progress().decoded()) {
            all.add(decoded(job));
        }
        return all;
    }

    /** A chunk's frames are on the broker. */
    static JobFact chunkReady(Chunk chunk) {
        return JobFact.newBuilder().setJob(chunk.getJob()).setChunkReady(chunk).build();
    }

    /** A chunk has its result. */
    static JobFact chunkCommitted(String job, int chunk) {
        return JobFact.newBuilder().setJob(job).setChunkCommitted(chunk).build();
    }

    /** The source is decoded: no further chunk comes. */
    static JobFact decoded(Job job) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setDecoded(job.progress().chunks())
                .build();
    }

    /** The job has ended. */
    static JobFact ended(Job job) {
        return JobFact.newBuilder()
                .setJob(job.id())
                .setEnded(JobState.valueOf(job.state().name()))
                .build();
    }
}
