package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which worker runs which chunk, for one leadership: events in, commands out. A new leader starts with a new
 * dispatcher, whose state follows from the authority's backlog and from events. For one thread. Times must not
 * decrease; they are microseconds of one clock, which may be virtual.
 */
public final class Dispatcher {
    private static final int DECODED_NEXT = 64;

    private final long epoch;
    private final List<DispatchCommand> out = new ArrayList<>();
    private final ModelMeasurements models = new ModelMeasurements();
    private final WorkerRegistry workers;
    private final JobRegistry jobs;
    private final GrantLifecycle grants;
    private final WorkerReportHandler reports;
    private final ShareAllocator shares;
    private final GrantSelector selector;
    private final GrantRevoker revoker;
    private final SuspectIsolation isolation;
    private final TimeoutSweeper sweeper;
    private final StreamAdmission streams;
    private final Consumer<EndedJob> ended;

    private @Nullable List<String> decodeNext;
    private long nowUs;
    private long newestEpoch;
    private boolean changed = true;
    /** Whether time has passed since streams were looked at. */
    private boolean ticked;

    private long decisions;

    /**
     * @param epoch epoch of this leadership
     * @param policy the initial policy
     * @param settings limits and timeouts
     * @param log receives the decisions; may outlive this dispatcher
     */
    public Dispatcher(long epoch, ConfiguredPolicy policy, DispatcherSettings settings, DecisionLog log) {
        this(epoch, policy, settings, log, job -> {});
    }

    /** The same; {@link #observe} calls {@code ended} for every job that ends. */
    public Dispatcher(
            long epoch,
            ConfiguredPolicy policy,
            DispatcherSettings settings,
            DecisionLog log,
            Consumer<EndedJob> ended) {
        this.epoch = epoch;
        this.newestEpoch = epoch;
        this.ended = ended;
        this.grants = new GrantLifecycle(log, models, out);
        this.workers = new WorkerRegistry(settings);
        this.jobs = new JobRegistry(settings, this::jobEnded, grants);
        this.streams = new StreamAdmission(settings, models.costs, workers, out);
        this.reports = new WorkerReportHandler(settings, epoch, workers, jobs, grants, streams, out);
        this.sweeper = new TimeoutSweeper(settings, workers, jobs, reports, out);
        this.shares = new ShareAllocator(policy, models);
        this.selector = new GrantSelector(shares, workers);
        this.isolation = new SuspectIsolation(jobs, workers, shares);
        this.revoker = new GrantRevoker(shares, selector, workers, grants);
    }

    /** Takes in an event. {@link #decide} then decides once for all events. */
    public void observe(DispatchEvent event, long now) {
        nowUs = now;
        changed |= switch (event) {
            case DispatchEvent.JobEvent fact -> {
                if (fact instanceof DispatchEvent.BacklogRead) {
                    sweeper.backlogRead();
                }
                yield jobs.apply(fact, now) | streams.apply(fact, now);
            }
            case DispatchEvent.WorkerReport report -> {
                newestEpoch = Math.max(newestEpoch, report.epoch());
                yield reports.apply(report, now) | showsStreams(report, now);
            }
            case DispatchEvent.PolicyChanged(ConfiguredPolicy policy) -> {
                shares.change(policy, jobs.byArrival(), workers.all());
                yield true;
            }
            case DispatchEvent.CostMeasured(String model, double perFrame) -> {
                models.costs.known(model, perFrame);
                yield true;
            }
            case DispatchEvent.ProfilesRecalled(List<ModelProfile> profiles) -> {
                profiles.forEach(profile -> models.recall(profile, now));
                yield true;
            }
            case DispatchEvent.SpeedupMeasured(Speedup speedup) -> {
                shares.measured(speedup);
                yield true;
            }
            case DispatchEvent.SharesEnforced sharing -> {
                workers.enforce(sharing);
                yield true;
            }
            case DispatchEvent.BudgetChanged(double millicores) -> {
                workers.cap(millicores);
                yield true;
            }
            case DispatchEvent.WorkersReserved fixed -> {
                streams.fix(fixed);
                yield true;
            }
            case DispatchEvent.Tick ignored -> {
                ticked = true;
                yield sweeper.sweep(now);
            }
        };
    }

    private boolean showsStreams(DispatchEvent.WorkerReport report, long now) {
        if (!(report instanceof DispatchEvent.Heartbeat beat)) {
            return false;
        }
        TrackedWorker worker = workers.find(beat.worker());
        return worker != null && streams.shown(worker, beat.streams(), now);
    }

    /**
     * Decides after the latest events. If nothing changed, it only returns commands that must be sent again.
     *
     * @return commands in the order in which they must be sent
     */
    public List<DispatchCommand> decide(long now) {
        nowUs = now;
        if (changed || ticked) {
            // A process that is kept for a suspect gets no streams.
            changed |= isolation.review();
            // Reservations of live streams come first: policies divide what they leave.
            ticked = false;
            changed |= streams.review(now);
        }
        if (changed || now >= shares.reviewAtUs()) {
            changed = false;
            decodeNext = null;
            decisions++;
            models.utilization.advance(now);
            // 1. Take a snapshot of jobs and workers, and ask the policy.
            shares.recompute(jobs.byArrival(), workers.activate(), now);
            shares.refused().forEach(j -> reports.fail(j, shares.refusal(j, now), now));
            // 2. Bind workers to jobs, where the policy or the enforcement of shares requires it.
            selector.begin();
            // 3. Grant chunks: a suspect to a process of its own, then to idle workers, then one waiting grant to each
            // busy worker.
            isolate();
            fill(false);
            fill(true);
            // 4. Revoke waiting grants that no longer match the shares.
            revoker.revoke(now);
            // 5. Note what workers and jobs can use until the next decision.
            workers.pace(now);
            recordUtilization();
        }
        List<DispatchCommand> commands = List.copyOf(out);
        out.clear();
        return commands;
    }

    /**
     * The jobs that the authority should decode first, in the policy's order, including those that it already decodes.
     * Other jobs follow by arrival. At most {@value #DECODED_NEXT} jobs. The same list object until the next decision.
     */
    public List<String> decodeNext() {
        if (decodeNext == null) {
            decodeNext = shares.toDecode(DECODED_NEXT).stream()
                    .map(j -> j.descriptor.id())
                    .toList();
        }
        return decodeNext;
    }

    /** Number of decisions, without calls of {@link #decide} that only sent commands again. */
    public long decisions() {
        return decisions;
    }

    /** How often a job was looked at in order to grant its chunks: bounds the cost of decisions in tests. */
    long looks() {
        return selector.looks();
    }

    /** Whether a worker has seen a newer epoch, so that this leader must stop. */
    public boolean superseded() {
        return newestEpoch > epoch;
    }

    /** Whether the authority's backlog should be read, because results were sent long ago and are not committed. */
    public boolean missesResults() {
        return sweeper.missesResults();
    }

    /** The current shares, grants and estimates. */
    public DispatcherStatus status() {
        return DispatcherStatus.of(epoch, shares, jobs, workers, models, streams.statuses());
    }

    /** A copy of the open jobs and grants, from which a simulation can continue. */
    public DispatcherSnapshot snapshot(long now) {
        return DispatcherSnapshot.of(now, shares, jobs, workers, models);
    }

    /** The measurements of each model, ordered by name. */
    public List<ModelProfile> modelProfiles() {
        return models.profiles();
    }

    /** A counter that grows when {@link #modelProfiles} change enough to change decisions, and should be stored. */
    public long profileChanges() {
        return models.changes();
    }

    /**
     * Core-seconds that the open jobs still need, including jobs that wait to be decoded, estimated from measured
     * costs. A job of unknown length counts as a job of average length.
     */
    public double backlogCoreSeconds() {
        double unknown = jobs.byArrival().stream()
                .mapToLong(TrackedJob::frames)
                .filter(frames -> frames >= 0)
                .average()
                .orElse(0);
        return jobs.byArrival().stream()
                .mapToDouble(job -> job.backlogCoreSeconds(models.costs, unknown))
                .sum();
    }

    /** The share of each worker, for enforcement. */
    public List<WorkerShare> workerShares() {
        return workers.shares();
    }

    /** Whether shares are of the compute time of inference servers. */
    public boolean dividesComputeTime() {
        return workers.sharing().enforced() && workers.sharing().computeTime();
    }

    /** Whether jobs may also use compute time that others leave of their shares. */
    public boolean lendsComputeTime() {
        return workers.sharing().spare();
    }

    /**
     * The part of each worker that runs something, for enforcement. A worker that is bound to one job and runs a chunk
     * of another uses the bound job's share for it, as with CPU: the bound job's next chunk waits for that chunk.
     */
    public List<ComputeTimeShare> computeTimeShares() {
        List<ComputeTimeShare> parts = new ArrayList<>();
        for (WorkerShare share : workers.shares()) {
            TrackedWorker worker = workers.find(share.worker());
            if (share.millicores() > 0 && worker != null && !worker.grants.isEmpty()) {
                String job = worker.grants.getFirst().chunk.job.descriptor.id();
                parts.add(new ComputeTimeShare(job, worker.name(), share.millicores()));
            }
        }
        return parts;
    }

    /**
     * Cores that a worker may use since the latest decision: its share if shares are enforced, otherwise all its cores.
     */
    public double pace(WorkerId id) {
        TrackedWorker worker = workers.find(id);
        return worker == null ? 0 : worker.pace();
    }

    /** When the policy's answer may change without an event; {@link Long#MAX_VALUE} if never. */
    public long reviewAtUs() {
        return shares.reviewAtUs();
    }

    /** Millicores that workers may use together. */
    public double budget() {
        return workers.budget();
    }

    /** Millicores of the budget that are reserved for streams; policies divide the rest. */
    public int reserved() {
        return workers.reserved();
    }

    /** Number of streams with a reservation. */
    public int reservedStreams() {
        return (int) streams.streams().byArrival().stream()
                .filter(TrackedStream::isReserved)
                .count();
    }

    /** The most millicores that workers may use together; infinite if only their cores limit them. */
    public double budgetCap() {
        return workers.budgetCap();
    }

    /** The current policy. */
    public ConfiguredPolicy policy() {
        return shares.policy();
    }

    private void recordUtilization() {
        double core = shares.capacity().units() == 0
                ? Double.POSITIVE_INFINITY
                : shares.capacity().millicores() / shares.capacity().units();
        List<TrackedJob> measured = new ArrayList<>(0);
        for (TrackedJob job : shares.holders()) {
            if (UtilizationEstimator.measures(job, job.share / core)) {
                job.running = 0;
                measured.add(job);
            }
        }
        // If shares are enforced, no job uses more than its share.
        if (!measured.isEmpty() && !workers.sharesEnforced()) {
            for (TrackedWorker worker : workers.all()) {
                if (!worker.grants.isEmpty()) {
                    worker.grants.getFirst().chunk.job.running++;
                }
            }
        }
        measured.forEach(job -> models.utilization.serve(job, job.share / core, job.running));
    }

    /** Grants a chunk to every active worker without a grant or, if {@code waiting}, with exactly one. */
    private void fill(boolean waiting) {
        if (!shares.anyReady()) {
            return;
        }
        for (TrackedWorker worker : workers.all()) {
            if (worker.active && !worker.closed && worker.held() == (waiting ? 1 : 0)) {
                TrackedChunk chunk = selector.choose(worker, waiting);
                if (chunk != null) {
                    give(chunk, worker);
                }
            }
        }
    }

    private OutstandingGrant give(TrackedChunk chunk, TrackedWorker worker) {
        TrackedJob job = chunk.job;
        if (job.held == 0) {
            shares.rejoin(job);
        }
        double charge = shares.charge(job, chunk.spec.frames());
        return grants.give(chunk, worker, granted(worker), charge, nowUs);
    }

    /** Grants a suspect, if its process has nothing else to run by now. */
    private void isolate() {
        TrackedChunk suspect = isolation.next();
        TrackedWorker free = isolation.free();
        if (suspect != null && free != null && suspect.state instanceof TrackedChunk.State.Ready) {
            give(suspect, free).alone = true;
        }
    }

    /** Millicores that a grant allows its worker to use. */
    private int granted(TrackedWorker worker) {
        TrackedJob job = worker.boundTo;
        double most = Math.min(worker.forChunks(), workers.budgetCap());
        return (int) (workers.sharesEnforced() && job != null ? Math.min(most, job.share / job.bound) : most);
    }

    private void jobEnded(TrackedJob job) {
        job.share = 0;
        reports.drop(job, nowUs);
        ended.accept(job.ended(nowUs, models.costs, shares.policy().name(), workers.fleet()));
    }
}
