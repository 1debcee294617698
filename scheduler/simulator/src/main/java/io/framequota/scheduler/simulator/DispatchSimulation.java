package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.ContentionCurve;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.dispatch.WorkerFleet;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A run in chunks: the production dispatcher grants them to workers. Those on one job are as fast together as the speedup
 * says of the cores that they may use.
 */
final class DispatchSimulation {
    private static final long EPOCH = 1;
    /** The running system asks its policy again at ticks. */
    private static final double TICK_S = 0.2;

    private final Speedup speedup;
    private final double handoverS;
    /** Millicores of one core. */
    private final double core;

    private final boolean enforced;
    /** The dispatcher's clock at second 0. */
    private final long originUs;

    private final Iterator<TimedJobEvent> coming;
    private final RunStatistics tally;
    private final Dispatcher dispatcher;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<String, SimulatedWorker> byName = new HashMap<>();
    private final Map<String, SimulatedJob> jobs = new HashMap<>();
    /** Jobs that the dispatcher knows of and whose first chunk is still to come: they can be refused, too. */
    private final Map<String, SimulatedJob> announced = new HashMap<>();

    private final Map<String, ContentionCurve> crowdings;
    /** Workers that compute. */
    private int busy;

    private double nowS;
    private boolean forecasts;

    /** On one worker per core, in turns. */
    DispatchSimulation(Scenario scenario, RunStatistics tally) {
        this(scenario, WorkerFleet.inTurns(Collections.nCopies(scenario.cores(), 1)), tally);
    }

    DispatchSimulation(Scenario scenario, WorkerFleet pool, RunStatistics tally) {
        this.tally = tally;
        speedup = scenario.speedup();
        handoverS = scenario.handoverMs() / 1e3;
        core = scenario.core();
        enforced = pool.sharing().enforced();
        originUs = 0;
        crowdings = Map.of();
        double most = speedup.limit();
        int parallelism = most >= scenario.cores() ? JobDescriptor.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        Iterator<Arrival> arrivals = scenario.workload().stream(scenario.seed());
        coming = new Iterator<>() {
            private long position;

            @Override
            public boolean hasNext() {
                return arrivals.hasNext();
            }

            @Override
            public TimedJobEvent next() {
                return TimedJobEvent.whole(
                        SimulatedJob.whole(arrivals.next(), ++position, scenario.chunkS(), parallelism));
            }
        };
        ConfiguredPolicy policy = scenario.policy();
        dispatcher = new Dispatcher(
                EPOCH,
                new ConfiguredPolicy(policy.name(), policy.parameters(), policy.policy(), scenario.places()),
                DispatcherSettings.capped(enforced ? pool.millicores() : DispatcherSettings.UNCAPPED),
                new DecisionLog(1));
        observe(new DispatchEvent.SpeedupMeasured(speedup));
        observe(new DispatchEvent.CostMeasured(SimulatedJob.MODEL, 1 / SimulatedJob.FRAMES_PER_SECOND));
        observe(pool.sharing());
        for (int cores : pool.cores()) {
            add("worker-" + workers.size(), cores, Set.of(SimulatedJob.MODEL));
        }
        decide();
    }

    /**
     * Goes on from a moment of the running system, which is second 0, as a new leader would.
     *
     * @param left jobs by the time from which their chunks can be granted; those at 0 are the ones that have some now
     * @param held by worker, what it holds: the chunk that runs first
     */
    DispatchSimulation(
            DispatcherSnapshot present,
            List<SimulatedJob> left,
            Map<String, List<SimulatedWorker.Held>> held,
            RunStatistics tally) {
        this.tally = tally;
        speedup = present.speedup();
        handoverS = 0;
        core = 1000;
        enforced = present.sharing().enforced();
        originUs = present.nowUs();
        crowdings = crowdings(present.profiles());
        coming = left.stream()
                .filter(j -> j.arrival.arrivalS() > 0)
                .map(TimedJobEvent::whole)
                .iterator();
        dispatcher = new Dispatcher(
                EPOCH, present.policy(), DispatcherSettings.capped(present.budgetCap()), new DecisionLog(1));
        observe(new DispatchEvent.SpeedupMeasured(speedup));
        observe(present.sharing());
        observe(new DispatchEvent.ProfilesRecalled(present.profiles()));
        for (DispatcherSnapshot.ActiveWorker hand : present.workers()) {
            add(hand.name(), hand.info().cores(), hand.info().models());
        }
        for (SimulatedJob job : left) {
            if (job.arrival.arrivalS() > 0) {
                announced.put(job.id, job);
                observe(new DispatchEvent.JobSubmitted(job.announced()));
            } else {
                tell(TimedJobEvent.whole(job));
            }
        }
        held.forEach((name, grants) -> hold(worker(name), grants));
        decide();
    }

    /** Runs past jobs again. */
    DispatchSimulation(
            JobReplay past,
            ConfiguredPolicy policy,
            WorkerFleet pool,
            Speedup speedup,
            Map<String, ContentionCurve> crowdings,
            RunStatistics tally) {
        this.tally = tally;
        this.crowdings = crowdings;
        this.speedup = speedup;
        handoverS = 0;
        core = 1000;
        enforced = pool.sharing().enforced();
        originUs = 0;
        coming = past.facts().iterator();
        dispatcher = new Dispatcher(
                EPOCH,
                policy,
                DispatcherSettings.capped(enforced ? pool.millicores() : DispatcherSettings.UNCAPPED),
                new DecisionLog(1));
        observe(new DispatchEvent.SpeedupMeasured(speedup));
        observe(pool.sharing());
        observe(new DispatchEvent.ProfilesRecalled(past.learnt()));
        Set<String> models = new HashSet<>();
        past.facts().forEach(f -> models.add(f.job().model()));
        for (int cores : pool.cores()) {
            add("worker-" + workers.size(), cores, models);
        }
        decide();
    }

    private static Map<String, ContentionCurve> crowdings(List<ModelProfile> learnt) {
        Map<String, ContentionCurve> crowdings = new HashMap<>();
        learnt.forEach(l -> crowdings.put(l.model(), ContentionCurve.of(l.contention())));
        return crowdings;
    }

    /** Others have begun or stopped to compute: everybody is slower or faster for it. */
    private void crowd() {
        int now = 0;
        for (SimulatedWorker worker : workers) {
            now += worker.running == null ? 0 : 1;
        }
        if (now != busy) {
            busy = now;
            if (!crowdings.isEmpty()) {
                Set<SimulatedJob> running = new LinkedHashSet<>();
                for (SimulatedWorker worker : workers) {
                    SimulatedWorker.Held held = worker.running;
                    if (held != null) {
                        running.add(held.job());
                    }
                }
                running.forEach(this::paced);
            }
        }
    }

    private void add(String name, int cores, Set<String> models) {
        SimulatedWorker worker =
                new SimulatedWorker(name, new WorkerInfo(true, cores, models, "simulated", "simulated"));
        workers.add(worker);
        byName.put(name, worker);
        observe(new DispatchEvent.Heartbeat(worker.id, EPOCH, worker.info, null, null));
    }

    /** The worker says what it holds, and goes on with it. */
    private void hold(SimulatedWorker worker, List<SimulatedWorker.Held> grants) {
        for (SimulatedWorker.Held grant : grants) {
            // As if it had been granted before: its attempt is one that was made.
            observe(new DispatchEvent.JobSubmitted(
                    grant.job().state(grant.grant().attempt())));
            if (worker.running == null) {
                worker.start(grant, nowS, 0);
                grant.job().startS = nowS;
            } else {
                worker.waiting = grant;
            }
        }
        SimulatedWorker.Held running = worker.running;
        SimulatedWorker.Held waiting = worker.waiting;
        observe(new DispatchEvent.Heartbeat(
                worker.id,
                EPOCH,
                worker.info,
                running == null ? null : running.grant(),
                waiting == null ? null : waiting.grant()));
    }

    /**
     * Runs to the last job's end.
     *
     * @throws ScenarioException when the policy leaves jobs that can never end
     */
    void run() {
        if (!run(Long.MAX_VALUE)) {
            throw new ScenarioException("the policy " + dispatcher.policy().name() + " leaves " + jobs.size()
                    + " jobs without workers for ever");
        }
    }

    /** Runs until every job has ended, nothing more can happen, or so many decisions were made; whether it is the first. */
    boolean run(long mostDecisions) {
        TimedJobEvent next = coming.hasNext() ? coming.next() : null;
        for (long decisions = 0; next != null || !jobs.isEmpty(); decisions++) {
            SimulatedWorker first = firstToEnd();
            double endS = first == null ? Double.POSITIVE_INFINITY : first.endS();
            double reviewS = reviewS();
            if (decisions == mostDecisions) {
                return false;
            }
            if (reviewS < endS && !(next != null && next.atS() <= reviewS)) {
                pass(reviewS);
            } else if (next != null && next.atS() <= endS) {
                double at = next.atS();
                pass(at);
                List<SimulatedJob> came = new ArrayList<>();
                while (next != null && next.atS() == at) {
                    tell(next);
                    came.add(next.job());
                    next = coming.hasNext() ? coming.next() : null;
                }
                if (forecasts) {
                    decide();
                    came.forEach(this::forecast);
                }
            } else if (first != null && endS < Double.POSITIVE_INFINITY) {
                pass(endS);
                finish(first);
            } else {
                return false;
            }
            decide();
        }
        return true;
    }

    /** When shares may change though nothing happens. In turns such a change only shows when a chunk ends. */
    private double reviewS() {
        long atUs = enforced ? dispatcher.reviewAtUs() : Long.MAX_VALUE;
        return atUs == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : Math.max((atUs - originUs) / 1e6, nowS + TICK_S);
    }

    private @Nullable SimulatedWorker firstToEnd() {
        SimulatedWorker first = null;
        for (SimulatedWorker worker : workers) {
            first = first == null || worker.endS() < first.endS() ? worker : first;
        }
        return first;
    }

    private void pass(double then) {
        tally.pass(then, jobs.size(), held());
        nowS = then;
    }

    /** Has every job forecast when it comes, as the running system does. */
    DispatchSimulation forecasting() {
        forecasts = true;
        return this;
    }

    private void forecast(SimulatedJob job) {
        for (BacklogProjection.End end :
                BacklogProjection.of(dispatcher.snapshot(nowUs()), 0).ends()) {
            if (end.job().equals(job.id)) {
                job.forecastS = end.endS();
            }
        }
    }

    private void tell(TimedJobEvent next) {
        SimulatedJob job = next.job();
        if (job.refused) {
            return;
        }
        if (next.fact() instanceof DispatchEvent.JobSubmitted) {
            announced.remove(job.id);
            jobs.put(job.id, job);
        }
        observe(next.fact());
    }

    private void finish(SimulatedWorker worker) {
        SimulatedWorker.Held held = worker.stop();
        if (held == null) {
            return;
        }
        SimulatedJob job = held.job();
        paced(job);
        observe(new DispatchEvent.Finished(worker.id, EPOCH, held.grant(), nowUs()));
        observe(new DispatchEvent.ChunkCommitted(job.id, held.grant().chunk()));
        if (job.commit()) {
            jobs.remove(job.id);
            job.endS = nowS;
            tally.ended(nowS, job.arrival, job.forecastS);
            observe(new DispatchEvent.JobEnded(job.id));
        }
        next(worker);
    }

    private void next(SimulatedWorker worker) {
        SimulatedWorker.Held waiting = worker.waiting;
        if (waiting != null) {
            worker.waiting = null;
            start(worker, waiting);
        }
    }

    private void start(SimulatedWorker worker, SimulatedWorker.Held held) {
        worker.start(held, nowS, handoverS);
        held.job().startS = Math.min(held.job().startS, nowS);
        paced(held.job());
        observe(new DispatchEvent.Started(worker.id, EPOCH, held.grant(), nowUs()));
    }

    /** Cores that those who compute may use. */
    private double held() {
        double cores = 0;
        for (SimulatedWorker worker : workers) {
            cores += worker.running == null ? 0 : worker.pace;
        }
        return cores;
    }

    /** What each worker may use has been decided anew. */
    private void pace() {
        Set<SimulatedJob> changed = new LinkedHashSet<>();
        for (SimulatedWorker worker : workers) {
            double pace = dispatcher.pace(worker.id);
            if (pace != worker.pace) {
                worker.pace = pace;
                if (worker.running != null) {
                    changed.add(worker.running.job());
                }
            }
        }
        changed.forEach(this::paced);
    }

    /** The cores on a job have changed, and with them how fast each of its workers is. */
    private void paced(SimulatedJob job) {
        double cores = 0;
        for (SimulatedWorker worker : workers) {
            cores += worker.runs(job) ? worker.pace : 0;
        }
        double crowded =
                crowdings.getOrDefault(job.model(), ContentionCurve.NONE).at(busy);
        double speed = cores == 0 ? 0 : speedup.at(cores) / cores / crowded;
        for (SimulatedWorker worker : workers) {
            if (worker.runs(job)) {
                worker.speed(nowS, worker.pace * speed);
            }
        }
        tally.change(nowS, job.arrival.id(), cores * core);
    }

    /** Does what the dispatcher wants until it wants nothing more. */
    private void decide() {
        tally.decision();
        for (List<DispatchCommand> commands = dispatcher.decide(nowUs());
                !commands.isEmpty();
                commands = dispatcher.decide(nowUs())) {
            commands.forEach(this::obey);
        }
        pace();
        crowd();
        tally.holds(held() * core);
    }

    private void obey(DispatchCommand command) {
        switch (command) {
            case DispatchCommand.Grant grant -> grant(grant);
            case DispatchCommand.Revoke revoke -> revoke(worker(revoke.worker()), revoke.grant());
            case DispatchCommand.DropJob drop -> drop(worker(drop.worker()), drop.job());
            case DispatchCommand.FailJob fail -> refuse(fail.job());
        }
    }

    private void grant(DispatchCommand.Grant grant) {
        SimulatedJob job = jobs.get(grant.chunk().job());
        SimulatedWorker worker = worker(grant.worker());
        if (job != null) {
            GrantRef ref = new GrantRef(job.id, grant.chunk().index(), grant.attempt());
            SimulatedWorker.Held held = new SimulatedWorker.Held(ref, job);
            if (worker.running == null) {
                start(worker, held);
            } else {
                worker.waiting = held;
            }
        }
    }

    private void revoke(SimulatedWorker worker, GrantRef grant) {
        SimulatedWorker.Held waiting = worker.waiting;
        if (waiting != null && waiting.grant().equals(grant)) {
            worker.waiting = null;
            observe(new DispatchEvent.Revoked(worker.id, EPOCH, grant));
        }
    }

    private void drop(SimulatedWorker worker, String job) {
        SimulatedWorker.Held waiting = worker.waiting;
        if (waiting != null && waiting.job().id.equals(job)) {
            worker.waiting = null;
        }
        SimulatedWorker.Held running = worker.running;
        if (running != null && running.job().id.equals(job)) {
            worker.stop();
            next(worker);
        }
    }

    private void refuse(String id) {
        SimulatedJob told = jobs.remove(id);
        SimulatedJob job = told == null ? announced.remove(id) : told;
        if (job != null) {
            job.refused = true;
            tally.refused(nowS, job.arrival);
            observe(new DispatchEvent.JobEnded(id));
        }
    }

    private SimulatedWorker worker(String name) {
        SimulatedWorker worker = byName.get(name);
        if (worker == null) {
            throw new IllegalStateException("a command for the worker " + name + ", which does not exist");
        }
        return worker;
    }

    private void observe(DispatchEvent event) {
        dispatcher.observe(event, nowUs());
    }

    private long nowUs() {
        return originUs + Math.round(nowS * 1e6);
    }
}
