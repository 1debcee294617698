package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.WidthExplanation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A copy of the dispatcher's shares, grants and estimates at one moment, for people.
 *
 * @param epoch epoch of the leadership
 * @param policy canonical name of the policy
 * @param budget millicores that workers may use together
 * @param reserved millicores of them that are reserved for streams
 * @param jobs open jobs with work, by arrival
 * @param workers live workers, by name
 * @param streams open live jobs, by arrival
 * @param models measurements, by model name
 * @param explanation the reason for the allocation, null if the policy gives none
 */
public record DispatcherStatus(
        long epoch,
        String policy,
        double budget,
        int reserved,
        List<JobShare> jobs,
        List<WorkerStatus> workers,
        List<StreamStatus> streams,
        List<ModelStatus> models,
        @Nullable WidthExplanation explanation) {
    /**
     * The share and the grants of one job.
     *
     * @param job id of the job
     * @param millicores exact share
     * @param running number of grants that run or run next
     * @param waiting number of grants that wait behind another grant
     * @param ready number of chunks that could be granted
     * @param frames frames inferred so far
     * @param coreSeconds core-seconds used so far
     * @param workers names of the workers that hold a grant of it
     * @param size its estimated size
     */
    public record JobShare(
            String job,
            double millicores,
            int running,
            int waiting,
            int ready,
            long frames,
            double coreSeconds,
            List<String> workers,
            Size size) {}

    /**
     * The estimated size of a job.
     *
     * @param frames total number of frames to infer, -1 if unknown
     * @param remainingFrames number of frames left, -1 if unknown
     * @param estimated whether {@code frames} is an estimate; otherwise it is stated by the source's container or
     *     counted
     * @param coreSecondsPerFrame cost of a frame; only useful to compare jobs while not {@code measured}
     * @param measured whether frames of its model were measured
     * @param spread standard deviation of the cost over chunks, relative to the mean
     */
    public record Size(
            long frames,
            long remainingFrames,
            boolean estimated,
            double coreSecondsPerFrame,
            boolean measured,
            double spread) {
        /** Core-seconds left, -1 if unknown. */
        public double remainingS() {
            return remainingFrames < 0 ? -1 : remainingFrames * coreSecondsPerFrame;
        }
    }

    /**
     * One worker and its grants.
     *
     * @param id name and process
     * @param info its latest report about itself
     * @param active whether it may get grants within the budget
     * @param reserved millicores reserved for its streams
     * @param running the grant that runs or runs next
     * @param waiting the grant that waits
     */
    public record WorkerStatus(
            WorkerId id,
            WorkerInfo info,
            boolean active,
            int reserved,
            @Nullable GrantRef running,
            @Nullable GrantRef waiting) {}

    /**
     * The measurements of one model that decisions use.
     *
     * @param model name of the model
     * @param coreSecondsPerFrame cost of a frame
     * @param spread standard deviation of that cost over chunks, relative to the mean
     * @param cores cores that a job keeps busy however many it has; infinite if no limit was observed
     * @param widths utilization by number of granted cores, narrowest first
     * @param contention slowdown by number of busy workers
     */
    public record ModelStatus(
            String model,
            double coreSecondsPerFrame,
            double spread,
            double cores,
            List<ModelProfile.Width> widths,
            ContentionCurve contention) {
        public ModelStatus {
            widths = List.copyOf(widths);
        }
    }

    static DispatcherStatus of(
            long epoch,
            ShareAllocator shares,
            JobRegistry jobs,
            WorkerRegistry workers,
            ModelMeasurements measured,
            List<StreamStatus> streams) {
        CostEstimator costs = measured.costs;
        List<JobShare> jobShares = jobs.byArrival().stream()
                .filter(TrackedJob::hasWork)
                .map(j -> share(j, workers, costs))
                .toList();
        List<WorkerStatus> workerStatus = workers.all().stream()
                .map(w -> new WorkerStatus(w.id, w.info, w.active, w.reserved, ref(w, 0), ref(w, 1)))
                .toList();
        List<ModelStatus> models = measured.profiles().stream()
                .map(p -> new ModelStatus(
                        p.model(),
                        costs.perFrame(p.model()),
                        costs.spread(p.model(), FrameFormat.UNKNOWN),
                        measured.utilization.of(p.model()).cores(),
                        p.widths(),
                        ContentionCurve.of(p.contention())))
                .toList();
        return new DispatcherStatus(
                epoch,
                shares.policy().name(),
                workers.budget(),
                workers.reserved(),
                jobShares,
                workerStatus,
                streams,
                models,
                shares.explanation());
    }

    private static JobShare share(TrackedJob job, WorkerRegistry workers, CostEstimator costs) {
        int running = 0;
        int waiting = 0;
        List<String> names = new ArrayList<>();
        for (TrackedWorker worker : job.held == 0 ? List.<TrackedWorker>of() : workers.all()) {
            boolean any = false;
            for (OutstandingGrant grant : worker.grants) {
                if (grant.chunk.job == job) {
                    any = true;
                    boolean runs = grant.started || grant == worker.grants.getFirst();
                    running += runs ? 1 : 0;
                    waiting += runs ? 0 : 1;
                }
            }
            if (any) {
                names.add(worker.name());
            }
        }
        return new JobShare(
                job.descriptor.id(),
                job.share,
                running,
                waiting,
                job.ready.size(),
                job.attainedFrames,
                job.attainedCoreSeconds,
                List.copyOf(names),
                new Size(
                        job.frames(),
                        job.remainingFrames(),
                        job.estimated() && !job.decoded(),
                        job.cost(costs),
                        costs.isMeasured(job.descriptor.model()),
                        costs.spread(job.descriptor.model(), job.format())));
    }

    private static @Nullable GrantRef ref(TrackedWorker worker, int position) {
        return worker.grants.size() > position ? worker.grants.get(position).ref : null;
    }
}
