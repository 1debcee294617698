package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.WidthExplanation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the dispatcher decided and knows, at one moment.
 *
 * @param epoch of the leadership
 * @param policy canonical name
 * @param budget millicores that workers may use together
 * @param jobs open jobs with work, by arrival
 * @param workers living workers, by name
 * @param models what was measured of their jobs, by name
 * @param explanation why the policy decided so, null when it gives no reason
 */
public record DispatcherStatus(
        long epoch,
        String policy,
        double budget,
        List<JobShare> jobs,
        List<WorkerStatus> workers,
        List<ModelStatus> models,
        @Nullable WidthExplanation explanation) {
    /**
     * What one job has.
     *
     * @param job its id
     * @param millicores exact share
     * @param running grants that run or run next
     * @param waiting grants that wait
     * @param ready chunks that could be granted
     * @param frames inferred so far
     * @param coreSeconds it was served
     * @param workers names of the workers that hold something of it
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
     * How much work a job is, as far as is known now.
     *
     * @param frames to infer in all, -1 when unknown
     * @param remainingFrames of them that are left, -1 when unknown
     * @param estimated whether {@code frames} is an estimate; else the source's container counts them, or they are counted
     * @param coreSecondsPerFrame what a frame of it costs; of no meaning but to compare by length while not measured
     * @param measured whether frames of its model were measured
     * @param spread of that cost from chunk to chunk: standard deviation relative to the mean
     */
    public record Size(
            long frames,
            long remainingFrames,
            boolean estimated,
            double coreSecondsPerFrame,
            boolean measured,
            double spread) {
        /** Core-seconds that are left, -1 when unknown. */
        public double remainingS() {
            return remainingFrames < 0 ? -1 : remainingFrames * coreSecondsPerFrame;
        }
    }

    /**
     * One worker.
     *
     * @param id its name and process
     * @param info what it says of itself
     * @param active whether the budget reaches it
     * @param running what it runs or runs next
     * @param waiting what waits at it
     */
    public record WorkerStatus(
            WorkerId id,
            WorkerInfo info,
            boolean active,
            @Nullable GrantRef running,
            @Nullable GrantRef waiting) {}

    /**
     * What was measured of one model's jobs and decides.
     *
     * @param model its name
     * @param coreSecondsPerFrame what a frame costs
     * @param spread of that cost from chunk to chunk: standard deviation relative to the mean
     * @param cores that a job keeps busy however many it has; infinite when no end was seen
     * @param widths what was seen at each width, narrowest first
     * @param crowding how much slower chunks go the more workers are busy at once
     */
    public record ModelStatus(
            String model,
            double coreSecondsPerFrame,
            double spread,
            double cores,
            List<ModelProfile.Width> widths,
            ContentionCurve crowding) {
        public ModelStatus {
            widths = List.copyOf(widths);
        }
    }

    static DispatcherStatus of(
            long epoch,
            ShareAllocator shares,
            JobRegistry jobs,
            WorkerRegistry workers,
            CostEstimator costs,
            UtilizationEstimator uptakes) {
        List<JobShare> jobShares = jobs.byArrival().stream()
                .filter(TrackedJob::hasWork)
                .map(j -> share(j, workers, costs))
                .toList();
        List<WorkerStatus> workerStatus = workers.all().stream()
                .map(w -> new WorkerStatus(w.id, w.info, w.active, ref(w, 0), ref(w, 1)))
                .toList();
        List<ModelStatus> models = costs.learnt(uptakes).stream()
                .map(l -> new ModelStatus(
                        l.model(),
                        costs.perFrame(l.model()),
                        costs.spread(l.model(), FrameKind.UNKNOWN),
                        uptakes.of(l.model()).cores(),
                        l.widths(),
                        ContentionCurve.of(l.crowds())))
                .toList();
        return new DispatcherStatus(
                epoch, shares.policy().name(), workers.budget(), jobShares, workerStatus, models, shares.explanation());
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
                job.spec.id(),
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
                        costs.isMeasured(job.spec.model()),
                        costs.spread(job.spec.model(), job.kind())));
    }

    private static @Nullable GrantRef ref(TrackedWorker worker, int position) {
        return worker.grants.size() > position ? worker.grants.get(position).ref : null;
    }
}
