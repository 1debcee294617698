package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A copy of the dispatcher's state at one moment, from which a simulation can continue on any thread.
 *
 * @param nowUs the moment, in microseconds of the dispatcher's clock
 * @param policy the current policy
 * @param speedup speedup of every job
 * @param sharing whether shares are enforced
 * @param budgetCap the most millicores that these workers may use together, what streams hold of them included
 * @param profiles measurements of models
 * @param workers active workers with their grants
 * @param jobs open jobs with work, by arrival
 */
public record DispatcherSnapshot(
        long nowUs,
        ConfiguredPolicy policy,
        Speedup speedup,
        DispatchEvent.SharesEnforced sharing,
        double budgetCap,
        List<ModelProfile> profiles,
        List<ActiveWorker> workers,
        List<OpenJob> jobs) {
    public DispatcherSnapshot {
        profiles = List.copyOf(profiles);
        workers = List.copyOf(workers);
        jobs = List.copyOf(jobs);
    }

    /**
     * An active worker.
     *
     * @param name its name
     * @param info its latest report about itself
     * @param held its chunks, at most two; the first one runs, or runs next
     * @param reserved millicores reserved for its streams
     */
    public record ActiveWorker(String name, WorkerInfo info, List<HeldChunk> held, int reserved) {
        public ActiveWorker {
            held = List.copyOf(held);
        }
    }

    /** Millicores that streams hold of each of {@link #workers()} with streams, by name. */
    public Map<String, Integer> reserved() {
        return workers.stream()
                .filter(w -> w.reserved() > 0)
                .collect(Collectors.toMap(ActiveWorker::name, ActiveWorker::reserved));
    }

    /**
     * A chunk at a worker.
     *
     * @param job id of its job
     * @param frames number of its frames
     * @param servedS core-seconds that the worker has had for it so far
     */
    public record HeldChunk(String job, int frames, double servedS) {}

    /**
     * An open job.
     *
     * @param descriptor the submitted job, with what is now known of its source
     * @param rank its rank in the policy's latest order of all jobs, -1 if it has none
     * @param heardAtUs when the dispatcher first received it
     * @param begun whether it has ever had a grant
     * @param ready whether any of its chunks was announced
     * @param attainedFrames frames inferred so far
     * @param leftFrames frames left, including those at workers; -1 if its length is not known
     * @param perFrameS core-seconds per frame, measured on this job and its model
     * @param measured whether {@code perFrameS} was measured
     * @param chunkFrames frames of its largest open chunk, 0 if it has none
     * @param width workers that it can keep busy at once, at least 1
     */
    public record OpenJob(
            JobDescriptor descriptor,
            int rank,
            long heardAtUs,
            boolean begun,
            boolean ready,
            long attainedFrames,
            long leftFrames,
            double perFrameS,
            boolean measured,
            int chunkFrames,
            int width) {
        /** The job's id. */
        public String id() {
            return descriptor.id();
        }

        /** Whether its size in core-seconds is known. */
        public boolean isSized() {
            return measured && leftFrames >= 0;
        }

        /** When it was submitted, in microseconds. */
        public long submittedAtUs() {
            return Math.min(heardAtUs, descriptor.submittedAtUs());
        }
    }

    /**
     * The same moment with one more job, which arrives now after all others. Its position in the order of submission is
     * set.
     */
    public DispatcherSnapshot with(JobDescriptor job) {
        JobDescriptor descriptor =
                job.at(jobs.isEmpty() ? 1 : jobs.getLast().descriptor().arrival() + 1);
        double perFrameS = profiles.stream()
                .filter(l -> l.model().equals(descriptor.model()) && l.frames() > 0)
                .mapToDouble(l -> l.coreSeconds() / l.frames())
                .findFirst()
                .orElse(-1);
        int width = jobs.stream()
                .filter(j -> j.descriptor().model().equals(descriptor.model()))
                .mapToInt(OpenJob::width)
                .max()
                .orElse(descriptor.parallelism());
        List<OpenJob> more = new ArrayList<>(jobs);
        more.add(new OpenJob(
                descriptor,
                -1,
                nowUs,
                false,
                false,
                0,
                descriptor.expectedFrames() > 0 ? descriptor.expectedFrames() : -1,
                perFrameS,
                perFrameS > 0,
                0,
                Math.min(width, descriptor.parallelism())));
        return new DispatcherSnapshot(nowUs, policy, speedup, sharing, budgetCap, profiles, workers, more);
    }

    static DispatcherSnapshot of(
            long nowUs, ShareAllocator shares, JobRegistry jobs, WorkerRegistry workers, ModelMeasurements models) {
        List<ActiveWorker> active = workers.all().stream()
                .filter(w -> w.active)
                .map(w -> new ActiveWorker(
                        w.name(),
                        w.info,
                        w.grants.stream().map(g -> held(g, nowUs)).toList(),
                        w.reserved))
                .toList();
        // Workers without room for chunks are left out, and so is what their streams hold.
        int elsewhere = workers.reserved()
                - active.stream().mapToInt(ActiveWorker::reserved).sum();
        Map<TrackedJob, Integer> places = shares.places(nowUs);
        List<OpenJob> open = jobs.byArrival().stream()
                .filter(TrackedJob::hasWork)
                .map(j -> j.snapshot(models.costs, models.usable(j), places.getOrDefault(j, -1)))
                .toList();
        return new DispatcherSnapshot(
                nowUs,
                shares.policy(),
                shares.speedup(),
                workers.sharing(),
                workers.budgetCap() - elsewhere,
                models.profiles(),
                active,
                open);
    }

    private static HeldChunk held(OutstandingGrant grant, long nowUs) {
        // The first grant has had its worker since it was issued, or since the previous grant ended.
        boolean runs = grant == grant.worker.grants.getFirst();
        double from = Math.max(grant.servedFromUs, grant.worker.servedToEndUs);
        double servedS = runs ? Math.max(0, grant.worker.servedUs(nowUs) - from) / 1e6 : 0;
        return new HeldChunk(grant.chunk.spec.job(), grant.chunk.spec.frames(), servedS);
    }
}
