package io.framequota.e2e.simulation;

import static io.framequota.e2e.simulation.VirtualTime.MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.dispatch.BacklogJob;
import io.framequota.scheduler.dispatch.ChunkSpec;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * ingest-service as the control plane sees it: the owner of jobs and epochs. What it has stored survives its death; what it
 * has not published by then is lost.
 */
final class SimulatedAuthority extends SimulatedProcess {
    static final String MODEL = "m";

    /** A job of {@code chunks} equal chunks, which are written one after the other. */
    static final class Job {
        final JobDescriptor descriptor;
        final int chunks;
        final int frames;
        final TreeSet<Integer> committed = new TreeSet<>();
        int written;
        boolean ended;
        String failure = "";

        Job(JobDescriptor descriptor, int chunks, int frames) {
            this.descriptor = descriptor;
            this.chunks = chunks;
            this.frames = frames;
        }

        String id() {
            return descriptor.id();
        }

        ChunkSpec chunk(int index) {
            long offset = index * 100L;
            return new ChunkSpec(
                    id(), index, (long) index * frames, frames, 0, offset, offset + frames - 1, 1_000L * frames);
        }
    }

    final Map<String, Job> jobs = new LinkedHashMap<>();
    private final ControlTopics topics;
    private List<ModelProfile> profiles = List.of();
    private RecoveredState.@Nullable Selection selection;
    private long epoch;
    private long arrivals;
    private long losses;

    SimulatedAuthority(VirtualTime time, ControlTopics topics) {
        super(time, "authority");
        this.topics = topics;
    }

    long epoch() {
        return epoch;
    }

    long losses() {
        return losses;
    }

    @Override
    void started() {
        jobs.values().forEach(this::write);
    }

    @Override
    void killed() {
        losses++;
        topics.loseFacts();
    }

    /** Accepts a job, whose decoding begins at once. */
    void submit(String id, int chunks, int frames, Map<String, String> labels) {
        JobDescriptor descriptor = new JobDescriptor(
                id,
                ++arrivals,
                MODEL,
                labels,
                (long) chunks * frames,
                JobDescriptor.UNLIMITED,
                Clocks.START_US + time.nowUs());
        Job job = new Job(descriptor, chunks, frames);
        jobs.put(id, job);
        time.tell("submit " + id + " with " + chunks + " chunks, labels " + labels);
        topics.fact(new DispatchEvent.JobSubmitted(BacklogJob.submitted(descriptor)));
        write(job);
    }

    private void write(Job job) {
        if (job.ended) {
            return;
        }
        if (job.written == job.chunks) {
            topics.fact(new DispatchEvent.JobDecoded(job.id(), job.chunks));
            return;
        }
        in(time.upTo(300 * MILLIS), () -> {
            if (!job.ended) {
                topics.fact(new DispatchEvent.ChunkReady(job.chunk(job.written++)));
                write(job);
            }
        });
    }

    /** A client cancels a job. */
    void cancel(Job job) {
        if (alive() && !job.ended) {
            end(job, "cancelled");
        }
    }

    private void end(Job job, String failure) {
        job.ended = true;
        job.failure = failure;
        time.tell("ended " + job.id() + " " + failure);
        topics.fact(new DispatchEvent.JobEnded(job.id()));
    }

    /** A worker's result has come; the first one of a chunk under the newest epoch counts. */
    void commit(long stated, String jobId, int chunk, int frames) {
        Job job = jobs.get(jobId);
        assertThat(job).as("job of a result").isNotNull();
        assertThat(chunk).as("chunk of a result").isBetween(0, job.written - 1);
        assertThat(frames).as("frames of a result").isEqualTo(job.frames);
        if (stated < epoch || job.ended || !job.committed.add(chunk)) {
            return;
        }
        time.tell("committed " + jobId + "/" + chunk);
        topics.fact(new DispatchEvent.ChunkCommitted(jobId, chunk));
        if (job.committed.size() == job.chunks) {
            end(job, "");
        }
    }

    /** A leadership request; a scheduler that does not state the newest epoch gets the next one. */
    RecoveredState lead(String scheduler, long stated) {
        if (stated == 0 || stated != epoch) {
            epoch++;
        }
        time.tell("epoch " + epoch + " for " + scheduler + " that states " + stated);
        List<BacklogJob> open = new ArrayList<>();
        for (Job job : jobs.values()) {
            if (!job.ended) {
                List<ChunkSpec> chunks = new ArrayList<>();
                for (int i = 0; i < job.written; i++) {
                    if (!job.committed.contains(i)) {
                        chunks.add(job.chunk(i));
                    }
                }
                open.add(new BacklogJob(
                        job.descriptor,
                        job.written,
                        job.written == job.chunks,
                        chunks,
                        (long) job.committed.size() * job.frames,
                        0));
            }
        }
        return new RecoveredState(epoch, open, arrivals, selection, profiles, List.of());
    }

    boolean storeSelection(long stated, RecoveredState.Selection next) {
        if (stated == epoch) {
            selection = next;
        }
        return stated == epoch;
    }

    void storeProfiles(long stated, List<ModelProfile> next) {
        if (stated == epoch) {
            profiles = next;
        }
    }

    boolean failJob(long stated, String id, String cause) {
        Job job = jobs.get(id);
        if (stated == epoch && job != null && !job.ended) {
            end(job, cause);
        }
        return stated == epoch;
    }

    boolean allEnded() {
        return jobs.values().stream().allMatch(job -> job.ended);
    }
}
