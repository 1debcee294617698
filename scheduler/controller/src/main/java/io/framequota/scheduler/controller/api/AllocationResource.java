package io.framequota.scheduler.controller.api;

import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.enforce.QuotaReading;
import io.framequota.scheduler.controller.observe.ReportedComputeTime;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.StreamDemand;
import io.framequota.scheduler.dispatch.StreamStatus;
import io.framequota.scheduler.policy.WidthExplanation;
import io.framequota.scheduler.quota.WriteOutcome;
import io.smallrye.common.annotation.RunOnVirtualThread;
import jakarta.inject.Inject;
import jakarta.ws.rs.GET;
import jakarta.ws.rs.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The jobs' shares of the millicores at present, and the workers. */
@Path("/api/v1")
@RunOnVirtualThread
public class AllocationResource {
    private final Scheduler scheduler;
    private final ReportedComputeTime times;

    @Inject
    AllocationResource(Scheduler scheduler, ReportedComputeTime times) {
        this.times = times;
        this.scheduler = scheduler;
    }

    /**
     * The allocation in force; {@code resource}: what budget and shares are of, {@code cpu} or {@code gpu}; {@code reserved}: millicores of the budget that streams hold, so that jobs share the rest; {@code
     * streams}: the open live jobs; {@code explanation}: the policy's reasons in words, null if it had nothing to decide; {@code
     * models}: the measurements on which it is based; {@code notice}: why it is not enforced as selected, null if it is.
     */
    public record AllocationView(
            long epoch,
            String policy,
            String actuator,
            String resource,
            @Nullable String notice,
            double budget,
            int reserved,
            double allocated,
            List<JobView> jobs,
            List<StreamView> streams,
            List<WorkerView> workers,
            List<ModelView> models,
            @Nullable String explanation) {}

    /**
     * Measurements of a model's jobs; {@code spread}: relative spread of the cost from chunk to chunk; {@code busyCores}: the most
     * cores that a job keeps busy, null if no limit was seen; {@code widths}: the curve from which that is read; {@code speedup}: of
     * several workers at once, empty until enough was measured.
     */
    public record ModelView(
            String model,
            double coreSecondsPerFrame,
            double spread,
            @Nullable Double busyCores,
            List<WidthView> widths,
            List<SpeedupView> speedup) {
        static ModelView of(DispatcherStatus.ModelStatus model) {
            return new ModelView(
                    model.model(),
                    model.coreSecondsPerFrame(),
                    model.spread(),
                    Double.isInfinite(model.cores()) ? null : model.cores(),
                    model.widths().stream()
                            .map(w -> new WidthView(w.cores(), w.busy(), w.seconds()))
                            .toList(),
                    model.contention().points().stream()
                            .map(p -> new SpeedupView(
                                    (int) p.workers(), model.contention().speedup((int) p.workers())))
                            .toList());
        }
    }

    /** The combined speed of several workers, relative to one worker alone. */
    public record SpeedupView(int workers, double speedup) {}

    /** Jobs with this mean number of cores kept {@code busyCores} of them busy; measured for {@code seconds}. */
    public record WidthView(double cores, double busyCores, double seconds) {}

    /**
     * One job: its exact share, its chunks and workers; {@code expectedFrames} and {@code remainingCoreSeconds}: its size, null if
     * not known; {@code measured}: whether the cost of a frame of its model was measured; {@code gpu}: its compute time, null while none
     * is divided.
     */
    public record JobView(
            String job,
            double millicores,
            int runningChunks,
            int waitingChunks,
            int readyChunks,
            long frames,
            double coreSeconds,
            List<String> workers,
            @Nullable Long expectedFrames,
            @Nullable Double remainingCoreSeconds,
            boolean measured,
            @Nullable GpuView gpu) {
        static JobView of(DispatcherStatus.JobShare job, @Nullable GpuView gpu) {
            DispatcherStatus.Size size = job.size();
            return new JobView(
                    job.job(),
                    job.millicores(),
                    job.running(),
                    job.waiting(),
                    job.ready(),
                    job.frames(),
                    job.coreSeconds(),
                    job.workers(),
                    size.frames() < 0 ? null : size.frames(),
                    size.remainingFrames() < 0 || !size.measured() ? null : size.remainingS(),
                    size.measured(),
                    gpu);
        }
    }

    /**
     * A job's compute time; {@code millicores}: its share, 1000 for the whole time of one device; {@code computeSeconds}: used so far;
     * {@code borrowedSeconds}: part of it on time that no other job wanted; {@code requests}: their number; {@code waitSeconds}: that they
     * waited for the share, added up; {@code approximate}: whether times are apportioned from the server's sums.
     */
    public record GpuView(
            double millicores,
            double computeSeconds,
            double borrowedSeconds,
            long requests,
            double waitSeconds,
            boolean approximate) {
        static GpuView of(double millicores, ReportedComputeTime.@Nullable Use use) {
            return use == null
                    ? new GpuView(millicores, 0, 0, 0, 0, false)
                    : new GpuView(
                            millicores,
                            use.computeS(),
                            use.borrowedS(),
                            use.requests(),
                            use.waitS(),
                            use.approximate());
        }
    }

    /**
     * One live job. {@code state}: {@code closed} (not open, nothing is reserved), {@code waiting} (for room), {@code reserved} or {@code
     * failing}; {@code millicores}: reserved for it; {@code neededMillicores}: what it needs, more if there was no room for all of it, null
     * before it was opened; {@code framesPerSecond}, {@code coreSecondsPerFrame}: the factors, {@code assumed} if one is not known yet;
     * {@code usedMillicores}: measured, null while unknown; {@code worker}: null if none infers it; {@code frames}, {@code dropped}:
     * inferred, and left out because inference was behind; {@code publisher}: whether somebody sends it.
     */
    public record StreamView(
            String job,
            String model,
            String state,
            int millicores,
            @Nullable Integer neededMillicores,
            @Nullable Double framesPerSecond,
            @Nullable Double coreSecondsPerFrame,
            boolean assumed,
            @Nullable Double usedMillicores,
            @Nullable String worker,
            long frames,
            long dropped,
            boolean publisher) {
        static StreamView of(StreamStatus stream) {
            StreamDemand demand = stream.demand();
            return new StreamView(
                    stream.job(),
                    stream.model(),
                    stream.phase().name().toLowerCase(Locale.ROOT),
                    stream.millicores(),
                    demand == null ? null : demand.millicores(),
                    demand == null ? null : demand.perSecond(),
                    demand == null ? null : demand.perFrameS(),
                    demand != null && !demand.known(),
                    stream.usedMillicores() < 0 ? null : stream.usedMillicores(),
                    stream.worker(),
                    stream.frames(),
                    stream.dropped(),
                    demand != null && !stream.withoutPublisher());
        }
    }

    /**
     * One worker and its grants. {@code active}: the budget suffices for it, and its streams leave room for chunks;
     * {@code reserved}: millicores that its streams hold; {@code millicores}: its share and limit, null if workers
     * are not limited.
     */
    public record WorkerView(
            String worker,
            String instance,
            boolean ready,
            boolean active,
            int reserved,
            int cores,
            List<String> models,
            String transport,
            String server,
            @Nullable GrantView running,
            @Nullable GrantView waiting,
            @Nullable MillicoresView millicores) {}

    /**
     * A worker's exact part of its job's share and what its streams hold, the quota (or weight) in force, and the kernel's counters since the limit exists,
     * null if they are not known; {@code trouble}: why the quota in force is not the wanted one, null if it is.
     */
    public record MillicoresView(
            double allocation,
            int quota,
            @Nullable Double throttledSeconds,
            @Nullable Double cpuSeconds,
            @Nullable String trouble) {
        static MillicoresView of(QuotaReading reading) {
            CpuUsage use = reading.use();
            WriteOutcome.Missed missed = reading.missed();
            return new MillicoresView(
                    reading.allocation(),
                    reading.inForce(),
                    use == null ? null : use.throttledS(),
                    use == null ? null : use.cpuS(),
                    missed == null ? null : missed.words());
        }
    }

    /** Identifies a grant. */
    public record GrantView(String job, int chunk, int attempt) {}

    @GET
    @Path("allocation")
    public AllocationView allocation() {
        DispatcherStatus status = leading();
        Enforcer.View enforcement = scheduler.enforcement();
        boolean gpu = enforcement.actuator().dividesComputeTime();
        List<JobView> jobs = status.jobs().stream()
                .map(j -> JobView.of(j, gpu ? GpuView.of(j.millicores(), times.of(j.job())) : null))
                .toList();
        double allocated = jobs.stream().mapToDouble(JobView::millicores).sum();
        WidthExplanation explanation = status.explanation();
        return new AllocationView(
                status.epoch(),
                status.policy(),
                enforcement.actuator().label(),
                gpu ? "gpu" : "cpu",
                enforcement.notice(),
                status.budget(),
                status.reserved(),
                allocated,
                jobs,
                status.streams().stream().map(StreamView::of).toList(),
                workers(status, enforcement),
                status.models().stream().map(ModelView::of).toList(),
                explanation == null ? null : explanation.words());
    }

    @GET
    @Path("workers")
    public List<WorkerView> workers() {
        return workers(leading(), scheduler.enforcement());
    }

    private DispatcherStatus leading() {
        DispatcherStatus status = scheduler.status();
        if (status == null) {
            throw HttpProblem.notLeading();
        }
        return status;
    }

    private static List<WorkerView> workers(DispatcherStatus status, Enforcer.View enforcement) {
        Map<String, MillicoresView> millicores =
                enforcement.workers().stream().collect(Collectors.toMap(QuotaReading::worker, MillicoresView::of));
        return status.workers().stream()
                .map(w -> new WorkerView(
                        w.id().name(),
                        w.id().instance(),
                        w.info().ready(),
                        w.active(),
                        w.reserved(),
                        w.info().cores(),
                        w.info().models().stream().sorted().toList(),
                        w.info().transport(),
                        w.info().server(),
                        view(w.running()),
                        view(w.waiting()),
                        millicores.get(w.id().name())))
                .toList();
    }

    private static @Nullable GrantView view(@Nullable GrantRef ref) {
        return ref == null ? null : new GrantView(ref.job(), ref.chunk(), ref.attempt());
    }
}
