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
import io.framequota.scheduler.dispatch.StreamJob;
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
 * Runs jobs in chunks that the production dispatcher grants to simulated workers. The workers of one job are together
 * as fast as the speedup at their cores.
 */
final class DispatchSimulation {
    private static final long EPOCH = 1;
    /** Time between two questions to the policy without an event, as in production. */
    private static final double TICK_S = 0.2;

    /**
     * The simulated machine.
     *
     * @param speedup speedup of every job
     * @param core millicores of one core
     * @param handoverS seconds from the grant of a chunk until its computation starts
     * @param contention slowdown of each model's chunks by number of busy workers
     * @param originUs the dispatcher's clock at second 0
     */
    private record Machine(
            Speedup speedup, double core, double handoverS, Map<String, ContentionCurve> contention, long originUs) {}

    private final Machine machine;
    private final boolean enforced;
    private final Iterator<TimedJobEvent> events;
    private final StreamChanges streams;
    private final RunStatistics statistics;
    private final Dispatcher dispatcher;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<String, SimulatedWorker> byName = new HashMap<>();
    private final Map<String, SimulatedJob> jobs = new HashMap<>();
    /** Jobs without chunks yet. The policy may refuse them, too. */
    private final Map<String, SimulatedJob> announced = new HashMap<>();
    /** Number of busy workers. */
    private int busy;

    private double nowS;
    private boolean forecasts;

    private DispatchSimulation(
            ConfiguredPolicy policy,
            double budgetCap,
            DispatchEvent.SharesEnforced sharing,
            Machine machine,
            Iterator<TimedJobEvent> events,
            List<SimulatedStream> streams,
            RunStatistics statistics) {
        this.machine = machine;
        this.streams = new StreamChanges(streams);
        this.enforced = sharing.enforced();
        this.events = events;
        this.statistics = statistics;
        dispatcher = new Dispatcher(EPOCH, policy, DispatcherSettings.simulated(budgetCap), new DecisionLog(1));
        observe(new DispatchEvent.SpeedupMeasured(machine.speedup()));
        observe(sharing);
    }

    /** Runs a scenario on one worker per core, in turns. */
    static DispatchSimulation of(Scenario scenario, RunStatistics statistics) {
        return of(scenario, WorkerFleet.inTurns(Collections.nCopies(scenario.cores(), 1)), statistics);
    }

    /** Runs a scenario on these workers. */
    static DispatchSimulation of(Scenario scenario, WorkerFleet fleet, RunStatistics statistics) {
        ConfiguredPolicy policy = scenario.policy();
        DispatchSimulation simulation = new DispatchSimulation(
                new ConfiguredPolicy(policy.name(), policy.parameters(), policy.policy(), scenario.places()),
                budgetCap(fleet),
                fleet.sharing(),
                new Machine(scenario.speedup(), scenario.core(), scenario.handoverMs() / 1e3, Map.of(), 0),
                events(scenario),
                scenario.workload().streams(),
                statistics);
        simulation.observe(new DispatchEvent.CostMeasured(SimulatedJob.MODEL, 1 / SimulatedJob.FRAMES_PER_SECOND));
        Set<String> models = new HashSet<>(Set.of(SimulatedJob.MODEL));
        for (int i = 0; i < scenario.workload().streams().size(); i++) {
            String model = SimulatedStream.model(i + 1);
            models.add(model);
            simulation.observe(new DispatchEvent.CostMeasured(
                    model, scenario.workload().streams().get(i).costMs() / 1000));
        }
        simulation.add(fleet, models);
        simulation.decide();
        return simulation;
    }

    private static Iterator<TimedJobEvent> events(Scenario scenario) {
        double most = scenario.speedup().limit();
        int parallelism = most >= scenario.cores() ? JobDescriptor.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        Iterator<Arrival> arrivals = scenario.workload().stream(scenario.seed());
        return new Iterator<>() {
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
    }

    /**
     * Continues from a moment of a running system, which is second 0, as a new leader would.
     *
     * @param left the jobs with the time from which their chunks can be granted, in order of that time; 0 if they
     *     already can
     * @param held grants by worker; the first one runs
     */
    static DispatchSimulation continuing(
            DispatcherSnapshot snapshot,
            List<SimulatedJob> left,
            Map<String, List<SimulatedWorker.Held>> held,
            RunStatistics statistics) {
        Map<String, ContentionCurve> contention = new HashMap<>();
        snapshot.profiles().forEach(p -> contention.put(p.model(), ContentionCurve.of(p.contention())));
        DispatchSimulation simulation = new DispatchSimulation(
                snapshot.policy(),
                snapshot.budgetCap(),
                snapshot.sharing(),
                new Machine(snapshot.speedup(), 1000, 0, contention, snapshot.nowUs()),
                left.stream()
                        .filter(j -> j.arrival.arrivalS() > 0)
                        .map(TimedJobEvent::whole)
                        .iterator(),
                List.of(),
                statistics);
        simulation.observe(new DispatchEvent.ProfilesRecalled(snapshot.profiles()));
        for (DispatcherSnapshot.ActiveWorker worker : snapshot.workers()) {
            simulation.add(worker.name(), worker.info().cores(), worker.info().models());
        }
        simulation.reserve(snapshot.reserved());
        for (SimulatedJob job : left) {
            if (job.arrival.arrivalS() > 0) {
                simulation.announced.put(job.id, job);
                simulation.observe(new DispatchEvent.JobSubmitted(job.announced()));
            } else {
                simulation.receive(TimedJobEvent.whole(job));
            }
        }
        held.forEach((name, grants) -> simulation.hold(simulation.worker(name), grants));
        simulation.decide();
        return simulation;
    }

    /** Runs past jobs again. */
    static DispatchSimulation replaying(
            JobReplay replay,
            ConfiguredPolicy policy,
            WorkerFleet fleet,
            Speedup speedup,
            Map<String, ContentionCurve> contention,
            RunStatistics statistics) {
        DispatchSimulation simulation = new DispatchSimulation(
                policy,
                budgetCap(fleet),
                fleet.sharing(),
                new Machine(speedup, 1000, 0, contention, 0),
                replay.events().iterator(),
                List.of(),
                statistics);
        simulation.observe(new DispatchEvent.ProfilesRecalled(replay.profiles()));
        Set<String> models = new HashSet<>();
        replay.events().forEach(e -> models.add(e.job().model()));
        simulation.add(fleet, models);
        simulation.decide();
        return simulation;
    }

    private static double budgetCap(WorkerFleet fleet) {
        return fleet.sharing().enforced()
                ? fleet.millicores()
                        + fleet.reserved().stream().mapToInt(Integer::intValue).sum()
                : DispatcherSettings.UNCAPPED;
    }

    private void add(WorkerFleet fleet, Set<String> models) {
        Map<String, Integer> reserved = new HashMap<>();
        for (int i = 0; i < fleet.cores().size(); i++) {
            String name = "worker-" + workers.size();
            add(name, fleet.cores().get(i), models);
            if (fleet.reserved().get(i) > 0) {
                reserved.put(name, fleet.reserved().get(i));
            }
        }
        reserve(reserved);
    }

    /** Streams hold so many millicores of these workers during the whole run. */
    private void reserve(Map<String, Integer> byWorker) {
        if (!byWorker.isEmpty()) {
            observe(new DispatchEvent.WorkersReserved(byWorker));
        }
    }

    /** The number of busy workers may have changed, which changes the speed of all workers. */
    private void updateContention() {
        int now = 0;
        for (SimulatedWorker worker : workers) {
            now += worker.running == null ? 0 : 1;
        }
        if (now != busy) {
            busy = now;
            if (!machine.contention().isEmpty()) {
                Set<SimulatedJob> running = new LinkedHashSet<>();
                for (SimulatedWorker worker : workers) {
                    SimulatedWorker.Held held = worker.running;
                    if (held != null) {
                        running.add(held.job());
                    }
                }
                running.forEach(this::updateSpeeds);
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

    /** The worker reports the grants that it holds, and continues with them. */
    private void hold(SimulatedWorker worker, List<SimulatedWorker.Held> grants) {
        for (SimulatedWorker.Held grant : grants) {
            // The attempt counts as made by an earlier leader.
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
     * Runs until the last job ends.
     *
     * @throws ScenarioException if the policy leaves jobs that can never end
     */
    void run() {
        if (!run(Long.MAX_VALUE)) {
            throw new ScenarioException("the policy " + dispatcher.policy().name() + " leaves " + jobs.size()
                    + " jobs without workers for ever");
        }
    }

    /**
     * Runs until every job has ended, no further event can happen, or so many decisions were made. Returns whether
     * every job has ended.
     */
    boolean run(long mostDecisions) {
        TimedJobEvent next = events.hasNext() ? events.next() : null;
        for (long decisions = 0; next != null || !jobs.isEmpty(); decisions++) {
            SimulatedWorker first = firstToEnd();
            double endS = first == null ? Double.POSITIVE_INFINITY : first.endS();
            double reviewS = reviewS();
            double jobS = Math.min(Math.min(reviewS, endS), next == null ? Double.POSITIVE_INFINITY : next.atS());
            if (decisions == mostDecisions) {
                return false;
            }
            if (streams.nextS() <= jobS && streams.nextS() < Double.POSITIVE_INFINITY) {
                changeStreams();
            } else if (reviewS < endS && !(next != null && next.atS() <= reviewS)) {
                advance(reviewS);
            } else if (next != null && next.atS() <= endS) {
                double at = next.atS();
                advance(at);
                List<SimulatedJob> arrived = new ArrayList<>();
                while (next != null && next.atS() == at) {
                    receive(next);
                    arrived.add(next.job());
                    next = events.hasNext() ? events.next() : null;
                }
                if (forecasts) {
                    decide();
                    arrived.forEach(this::forecast);
                }
            } else if (first != null && endS < Double.POSITIVE_INFINITY) {
                advance(endS);
                finish(first);
            } else {
                return false;
            }
            decide();
        }
        return true;
    }

    private void changeStreams() {
        advance(streams.nextS());
        while (streams.nextS() <= nowS) {
            StreamChanges.Change change = streams.take();
            StreamJob job = change.stream().job(change.number());
            observe(change.opens() ? new DispatchEvent.StreamSubmitted(job) : new DispatchEvent.JobEnded(job.id()));
        }
    }

    /**
     * When shares may change without an event. If shares are not enforced, a change only has an effect when a chunk
     * ends.
     */
    private double reviewS() {
        long atUs = enforced ? dispatcher.reviewAtUs() : Long.MAX_VALUE;
        return atUs == Long.MAX_VALUE
                ? Double.POSITIVE_INFINITY
                : Math.max((atUs - machine.originUs()) / 1e6, nowS + TICK_S);
    }

    private @Nullable SimulatedWorker firstToEnd() {
        SimulatedWorker first = null;
        for (SimulatedWorker worker : workers) {
            first = first == null || worker.endS() < first.endS() ? worker : first;
        }
        return first;
    }

    private void advance(double then) {
        statistics.advance(then, jobs.size(), heldCores());
        nowS = then;
    }

    /** Forecasts every job when it arrives, as in production. */
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

    private void receive(TimedJobEvent next) {
        SimulatedJob job = next.job();
        if (job.refused) {
            return;
        }
        if (next.event() instanceof DispatchEvent.JobSubmitted) {
            announced.remove(job.id);
            jobs.put(job.id, job);
        }
        observe(next.event());
    }

    private void finish(SimulatedWorker worker) {
        SimulatedWorker.Held held = worker.stop();
        if (held == null) {
            return;
        }
        SimulatedJob job = held.job();
        updateSpeeds(job);
        int chunk = held.grant().chunk();
        observe(new DispatchEvent.Finished(worker.id, EPOCH, held.grant(), job.frames(chunk), nowUs()));
        observe(new DispatchEvent.ChunkCommitted(job.id, chunk));
        if (job.commit()) {
            jobs.remove(job.id);
            job.endS = nowS;
            statistics.ended(nowS, job.arrival, job.forecastS);
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
        worker.start(held, nowS, machine.handoverS());
        held.job().startS = Math.min(held.job().startS, nowS);
        updateSpeeds(held.job());
        observe(new DispatchEvent.Started(worker.id, EPOCH, held.grant(), nowUs()));
    }

    /** Cores that the busy workers may use. */
    private double heldCores() {
        double cores = 0;
        for (SimulatedWorker worker : workers) {
            cores += worker.running == null ? 0 : worker.pace;
        }
        return cores;
    }

    /** Takes over the cores that each worker may use after a decision. */
    private void updatePaces() {
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
        changed.forEach(this::updateSpeeds);
    }

    /** The cores of a job have changed, and with them the speed of its workers. */
    private void updateSpeeds(SimulatedJob job) {
        double cores = 0;
        for (SimulatedWorker worker : workers) {
            cores += worker.runs(job) ? worker.pace : 0;
        }
        double slowdown = machine.contention()
                .getOrDefault(job.model(), ContentionCurve.NONE)
                .at(busy);
        double speed = cores == 0 ? 0 : machine.speedup().at(cores) / cores / slowdown;
        for (SimulatedWorker worker : workers) {
            if (worker.runs(job)) {
                worker.speed(nowS, worker.pace * speed);
            }
        }
        statistics.change(nowS, job.arrival.id(), cores * machine.core());
    }

    /** Lets the dispatcher decide and executes its commands until there are none. */
    private void decide() {
        statistics.decision();
        for (List<DispatchCommand> commands = dispatcher.decide(nowUs());
                !commands.isEmpty();
                commands = dispatcher.decide(nowUs())) {
            commands.forEach(this::execute);
        }
        updatePaces();
        updateContention();
        statistics.holds(heldCores() * machine.core());
    }

    private void execute(DispatchCommand command) {
        switch (command) {
            case DispatchCommand.Grant grant -> grant(grant);
            case DispatchCommand.Revoke revoke -> revoke(worker(revoke.worker()), revoke.grant());
            case DispatchCommand.DropJob drop -> drop(worker(drop.worker()), drop.job());
            case DispatchCommand.FailJob fail -> refuse(fail.job(), fail.cause());
            case DispatchCommand.KeepDeaths ignored -> {
                // A simulation has one leader.
            }
            case DispatchCommand.GrantStream ignored -> {
                // A stream's work is not simulated: what it holds is reserved.
            }
            case DispatchCommand.StopStream ignored -> {
                // Its reservation has ended.
            }
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

    private void refuse(String id, String cause) {
        SimulatedJob started = jobs.remove(id);
        SimulatedJob job = started == null ? announced.remove(id) : started;
        if (job == null && id.startsWith(SimulatedStream.NAME)) {
            throw new ScenarioException(id + " " + cause);
        }
        if (job != null) {
            job.refused = true;
            statistics.refused(nowS, job.arrival);
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
        return machine.originUs() + Math.round(nowS * 1e6);
    }
}
