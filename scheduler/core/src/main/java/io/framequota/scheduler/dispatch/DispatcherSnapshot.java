package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The dispatcher's state at one moment, as a copy: enough to go on from it under a virtual clock, on any thread.
 *
 * @param nowUs the moment, in microseconds of the dispatcher's clock
 * @param policy that decides
 * @param speedup of every job
 * @param sharing whether workers are held to shares
 * @param budgetCap the most millicores that workers may use together
 * @param learnt what was measured of models
 * @param workers that may be given chunks, with what they hold
 * @param jobs with work, by arrival
 */
public record DispatcherSnapshot(
        long nowUs,
        ConfiguredPolicy policy,
        Speedup speedup,
        DispatchEvent.SharesEnforced sharing,
        double budgetCap,
        List<ModelProfile> learnt,
        List<Hand> workers,
        List<Task> jobs) {
    public DispatcherSnapshot {
        learnt = List.copyOf(learnt);
        workers = List.copyOf(workers);
        jobs = List.copyOf(jobs);
    }

    /**
     * A worker.
     *
     * @param name its name
     * @param info what it says of itself
     * @param held what it holds, the chunk that runs or runs next first; at most two
     */
    public record Hand(String name, WorkerInfo info, List<Held> held) {
        public Hand {
            held = List.copyOf(held);
        }
    }

    /**
     * A chunk at a worker.
     *
     * @param job its job
     * @param frames of it
     * @param servedS core-seconds that its worker has had for it so far
     */
    public record Held(String job, int frames, double servedS) {}

    /**
     * An open job.
     *
     * @param spec what never changes
     * @param rank its place in the policy's latest order of all jobs, -1 when it has none
     * @param heardAtUs when it was first heard of
     * @param begun whether it has held a grant
     * @param ready whether a chunk of it is known
     * @param attainedFrames inferred so far
     * @param leftFrames frames that are left, those at workers included; -1 when its length is not known
     * @param perFrameS core-seconds of a frame, by what was measured of this job and of its model
     * @param measured whether {@code perFrameS} was measured at all
     * @param chunkFrames frames of one of its chunks, 0 when none is known
     * @param width workers that it can keep busy at once, at least 1
     */
    public record Task(
            JobDescriptor spec,
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
        /** Its id. */
        public String id() {
            return spec.id();
        }

        /** Whether its size in core-seconds is known. */
        public boolean isSized() {
            return measured && leftFrames >= 0;
        }

        /** When it was submitted, in microseconds. */
        public long submittedAtUs() {
            return Math.min(heardAtUs, spec.submittedAtUs());
        }
    }

    /** The same moment with one more job, which has just come, behind all others; its arrival is taken for the next one. */
    public DispatcherSnapshot with(JobDescriptor job) {
        JobDescriptor spec = job.at(jobs.isEmpty() ? 1 : jobs.getLast().spec().arrival() + 1);
        double perFrameS = learnt.stream()
                .filter(l -> l.model().equals(spec.model()) && l.frames() > 0)
                .mapToDouble(l -> l.coreSeconds() / l.frames())
                .findFirst()
                .orElse(-1);
        int width = jobs.stream()
                .filter(j -> j.spec().model().equals(spec.model()))
                .mapToInt(Task::width)
                .max()
                .orElse(spec.parallelism());
        List<Task> more = new ArrayList<>(jobs);
        more.add(new Task(
                spec,
                -1,
                nowUs,
                false,
                false,
                0,
                spec.expectedFrames() > 0 ? spec.expectedFrames() : -1,
                perFrameS,
                perFrameS > 0,
                0,
                Math.min(width, spec.parallelism())));
        return new DispatcherSnapshot(nowUs, policy, speedup, sharing, budgetCap, learnt, workers, more);
    }

    static DispatcherSnapshot of(
            long nowUs,
            ShareAllocator shares,
            JobRegistry jobs,
            WorkerRegistry workers,
            CostEstimator costs,
            UtilizationEstimator uptakes,
            Speedup speedup) {
        List<Hand> hands = workers.all().stream()
                .filter(w -> w.active)
                .map(w -> new Hand(
                        w.name(),
                        w.info,
                        w.grants.stream().map(g -> held(g, nowUs)).toList()))
                .toList();
        Map<TrackedJob, Integer> places = shares.places();
        List<Task> tasks = jobs.byArrival().stream()
                .filter(TrackedJob::hasWork)
                .map(j -> j.task(costs, uptakes.of(j.spec.model()), places.getOrDefault(j, -1)))
                .toList();
        return new DispatcherSnapshot(
                nowUs,
                shares.policy(),
                speedup,
                workers.sharing(),
                workers.budgetCap(),
                costs.learnt(uptakes),
                hands,
                tasks);
    }

    private static Held held(OutstandingGrant grant, long nowUs) {
        // The first one has its worker since it was given, or since the one before it ended.
        boolean runs = grant == grant.worker.grants.getFirst();
        double from = Math.max(grant.servedFromUs, grant.worker.servedToEndUs);
        double servedS = runs ? Math.max(0, grant.worker.servedUs(nowUs) - from) / 1e6 : 0;
        return new Held(grant.chunk.spec.job(), grant.chunk.spec.frames(), servedS);
    }
}
