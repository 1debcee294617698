package io.framequota.scheduler.dispatch;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One leadership's decisions: facts in, commands out. Its state is rebuilt from the authority's backlog and from facts, so
 * a new leader begins with a new dispatcher. Not thread-safe: whoever drives it calls it from one thread, with times that
 * do not run backwards.
 */
public final class Dispatcher {
    private static final int DECODED_NEXT = 64;

    private final long epoch;
    private final List<DispatchCommand> out = new ArrayList<>();
    private final CostEstimator costs = new CostEstimator();
    private final UtilizationEstimator uptakes = new UtilizationEstimator();
    private final WorkerRegistry workers;
    private final JobRegistry jobs;
    private final GrantLifecycle grants;
    private final WorkerReportHandler reports;
    private final ShareAllocator shares;
    private final GrantSelector chooser;
    private final GrantRevoker revoker;
    private final TimeoutSweeper overdue;
    private final Consumer<EndedJob> ended;

    private @Nullable List<String> decodeNext;
    private long nowUs;
    private long newestEpoch;
    private boolean changed = true;
    private long decisions;

    /**
     * @param epoch of this leadership
     * @param policy that decides first
     * @param settings limits
     * @param log where decisions are kept; it may outlive this dispatcher
     */
    public Dispatcher(long epoch, ConfiguredPolicy policy, DispatcherSettings settings, DecisionLog log) {
        this(epoch, policy, settings, log, job -> {});
    }

    /** The same, telling {@code ended} of every job that ends, within {@link #observe}. */
    public Dispatcher(
            long epoch,
            ConfiguredPolicy policy,
            DispatcherSettings settings,
            DecisionLog log,
            Consumer<EndedJob> ended) {
        this.epoch = epoch;
        this.newestEpoch = epoch;
        this.ended = ended;
        this.grants = new GrantLifecycle(log, costs, out);
        this.workers = new WorkerRegistry(settings);
        this.jobs = new JobRegistry(settings, this::jobEnded, grants);
        this.reports = new WorkerReportHandler(settings, epoch, workers, jobs, grants, out);
        this.overdue = new TimeoutSweeper(settings, workers, jobs, reports, out);
        this.shares = new ShareAllocator(policy, costs, uptakes);
        this.chooser = new GrantSelector(shares, workers);
        this.revoker = new GrantRevoker(shares, chooser, workers, grants);
    }

    /** Learns something. Decides nothing yet: {@link #decide} does, once for everything that was learnt. */
    public void observe(DispatchEvent event, long now) {
        nowUs = now;
        changed |= switch (event) {
            case DispatchEvent.JobFact fact -> {
                if (fact instanceof DispatchEvent.BacklogRead) {
                    overdue.told();
                }
                yield jobs.apply(fact, now);
            }
            case DispatchEvent.WorkerReport report -> {
                newestEpoch = Math.max(newestEpoch, report.epoch());
                yield reports.apply(report, now);
            }
            case DispatchEvent.PolicyChanged(ConfiguredPolicy policy) -> {
                shares.change(policy, jobs.byArrival(), workers.all());
                yield true;
            }
            case DispatchEvent.CostMeasured(String model, double perFrame) -> {
                costs.known(model, perFrame);
                yield true;
            }
            case DispatchEvent.Recalled(List<ModelProfile> learnt) -> {
                learnt.forEach(costs::recall);
                learnt.forEach(l -> uptakes.recall(l, now));
                yield true;
            }
            case DispatchEvent.SpeedupMeasured(Speedup speedup) -> {
                shares.measured(speedup);
                yield true;
            }
            case DispatchEvent.SharesEnforced sharing -> {
                workers.share(sharing);
                yield true;
            }
            case DispatchEvent.BudgetChanged(double millicores) -> {
                workers.cap(millicores);
                yield true;
            }
            case DispatchEvent.Tick ignored -> overdue.look(now);
        };
    }

    /** Decides what follows from everything learnt; the commands, in the order in which they must be sent. */
    public List<DispatchCommand> decide(long now) {
        nowUs = now;
        if (changed || now >= shares.reviewAtUs()) {
            changed = false;
            decodeNext = null;
            decisions++;
            // 2. Snapshot and 3. allocate: what the policy says of the jobs and workers there are.
            uptakes.pass(now);
            shares.recompute(jobs.byArrival(), workers.activate(), now);
            shares.refused().forEach(j -> reports.fail(j, shares.refusal(j, now), now));
            // 4. Assign: workers to jobs where shares are enforced, and chunks to workers.
            chooser.bind();
            // Workers that stand idle come before those that would only be given something in advance.
            fill(false);
            fill(true);
            // 5. Revoke what waits and became wrong.
            revoker.revoke(now);
            workers.pace(now);
            serve();
        }
        List<DispatchCommand> commands = List.copyOf(out);
        out.clear();
        return commands;
    }

    /**
     * Jobs that the authority should decode first, in the live policy's order, those that it decodes already included; others
     * come after them by arrival. At most {@value #DECODED_NEXT}; the same list as long as the latest decision is.
     */
    public List<String> decodeNext() {
        if (decodeNext == null) {
            decodeNext =
                    shares.toDecode(DECODED_NEXT).stream().map(j -> j.spec.id()).toList();
        }
        return decodeNext;
    }

    /** How often it decided anew; {@link #decide} between two of them only sends what was sent before once more. */
    public long decisions() {
        return decisions;
    }

    /** Whether a worker has seen a newer leader: this one must not decide any more. */
    public boolean superseded() {
        return newestEpoch > epoch;
    }

    /** Whether the authority should be asked for its backlog: results were sent long ago and it has not said they came. */
    public boolean missesResults() {
        return overdue.missesResults();
    }

    /** What was decided and is known now. */
    public DispatcherStatus status() {
        return DispatcherStatus.of(epoch, shares, jobs, workers, costs, uptakes);
    }

    /** A copy of what is open now, to go on from under a virtual clock. */
    public DispatcherSnapshot present(long now) {
        return DispatcherSnapshot.of(now, shares, jobs, workers, costs, uptakes, shares.speedup());
    }

    /** What was measured of each model, by name. */
    public List<ModelProfile> learnt() {
        return costs.learnt(uptakes);
    }

    /** Grows when what was learnt changes decisions: then it should be kept. */
    public long lessons() {
        return costs.moves() + uptakes.moves();
    }

    /**
     * Core-seconds that the open jobs still need, those that wait to be decoded included, by what frames were measured to
     * cost. A job of unknown length counts as an average one.
     */
    public double backlogCoreSeconds() {
        double unknown = jobs.byArrival().stream()
                .mapToLong(TrackedJob::frames)
                .filter(frames -> frames >= 0)
                .average()
                .orElse(0);
        return jobs.byArrival().stream()
                .mapToDouble(job -> job.backlogCoreSeconds(costs, unknown))
                .sum();
    }

    /** What each worker may use now, when shares are enforced. */
    public List<WorkerShare> workerShares() {
        return WorkerShares.of(workers.all());
    }

    /** Cores that a worker may use since the latest decision: all of its own in turns, its share where shares are enforced. */
    public double pace(WorkerId id) {
        TrackedWorker worker = workers.find(id);
        return worker == null ? 0 : worker.pace();
    }

    /** When the policy may answer differently though nothing happens, {@link Long#MAX_VALUE} for never. */
    public long reviewAtUs() {
        return shares.reviewAtUs();
    }

    /** Millicores that workers may use together. */
    public double budget() {
        return workers.budget();
    }

    /** The most millicores that workers may use together, infinite when only they limit it. */
    public double budgetCap() {
        return workers.budgetCap();
    }

    /** The policy that decides. */
    public ConfiguredPolicy policy() {
        return shares.policy();
    }

    /** Tells what every job has until the next decision. */
    private void serve() {
        double core = shares.capacity().units() == 0
                ? Double.POSITIVE_INFINITY
                : shares.capacity().millicores() / shares.capacity().units();
        shares.holders().forEach(j -> j.running = 0);
        // Held to its share, no job has more than it.
        if (!workers.sideBySide()) {
            workers.all().stream()
                    .filter(w -> !w.grants.isEmpty())
                    .forEach(w -> w.grants.getFirst().chunk.job.running++);
        }
        shares.holders().forEach(j -> uptakes.serve(j, j.share / core, j.running));
    }

    private void fill(boolean waiting) {
        if (!shares.anyReady()) {
            return;
        }
        for (TrackedWorker worker : workers.all()) {
            if (worker.active && worker.held() == (waiting ? 1 : 0)) {
                TrackedChunk chunk = chooser.choose(worker, waiting);
                if (chunk != null) {
                    TrackedJob job = chunk.job;
                    if (job.held == 0) {
                        shares.arrive(job);
                    }
                    double charge = shares.charge(job, chunk.spec.frames());
                    grants.give(chunk, worker, granted(worker), charge, nowUs);
                }
            }
        }
    }

    /** What a grant says that its worker may use. */
    private int granted(TrackedWorker worker) {
        TrackedJob job = worker.boundTo;
        double most = Math.min(worker.millicores(), workers.budgetCap());
        return (int) (workers.sideBySide() && job != null ? Math.min(most, job.share / job.bound) : most);
    }

    private void jobEnded(TrackedJob job) {
        job.share = 0;
        reports.drop(job, nowUs);
        ended.accept(job.ended(nowUs, costs, shares.policy().name(), workers.pool()));
    }
}
