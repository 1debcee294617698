package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.Command;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.Pool;
import io.framequota.scheduler.dispatch.Settings;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.policy.ChosenPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A run in chunks: the production dispatcher grants them to workers. Those on one job are as fast together as the speedup
 * says of the cores that they may use.
 */
final class DispatchRun {
    private static final long EPOCH = 1;
    /** The running system asks its policy again at ticks. */
    private static final double TICK_S = 0.2;

    private final Scenario scenario;
    private final Tally tally;
    private final Dispatcher dispatcher;
    private final List<SimulatedWorker> workers = new ArrayList<>();
    private final Map<String, SimulatedWorker> byName = new HashMap<>();
    private final Map<String, ChunkedJob> jobs = new HashMap<>();
    private final Pool pool;
    private final double handoverS;
    private final int parallelism;
    private double nowS;

    /** On one worker per core, in turns. */
    DispatchRun(Scenario scenario, Tally tally) {
        this(scenario, Pool.inTurns(Collections.nCopies(scenario.cores(), 1)), tally);
    }

    DispatchRun(Scenario scenario, Pool pool, Tally tally) {
        this.scenario = scenario;
        this.pool = pool;
        this.tally = tally;
        handoverS = scenario.handoverMs() / 1e3;
        double most = scenario.speedup().limit();
        parallelism = most >= scenario.cores() ? JobSpec.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        ChosenPolicy policy = scenario.policy();
        dispatcher = new Dispatcher(
                EPOCH,
                new ChosenPolicy(policy.name(), policy.parameters(), policy.policy(), scenario.places()),
                Settings.capped(pool.sharing().enforced() ? pool.millicores() : Settings.UNCAPPED),
                new DecisionLog(1));
    }

    void run() {
        observe(new Event.SpeedupMeasured(scenario.speedup()));
        observe(new Event.CostMeasured(ChunkedJob.MODEL, 1 / ChunkedJob.FRAMES_PER_SECOND));
        observe(pool.sharing());
        for (int cores : pool.cores()) {
            SimulatedWorker worker = new SimulatedWorker("worker-" + workers.size());
            workers.add(worker);
            byName.put(worker.id.name(), worker);
            WorkerInfo info = new WorkerInfo(true, cores, Set.of(ChunkedJob.MODEL), "simulated", "simulated");
            observe(new Event.Heartbeat(worker.id, EPOCH, info, null, null));
        }
        decide();
        Iterator<Arrival> arrivals = scenario.workload().stream(scenario.seed());
        long position = 0;
        Arrival next = arrivals.next();
        boolean more = true;
        while (more || !jobs.isEmpty()) {
            SimulatedWorker first = firstToEnd();
            double endS = first.endS();
            double reviewS = reviewS();
            if (reviewS < endS && !(more && next.arrivalS() <= reviewS)) {
                pass(reviewS);
            } else if (more && next.arrivalS() <= endS) {
                pass(next.arrivalS());
                double at = next.arrivalS();
                while (more && next.arrivalS() == at) {
                    arrive(new ChunkedJob(next, ++position, scenario.chunkS(), parallelism));
                    more = arrivals.hasNext();
                    next = more ? arrivals.next() : next;
                }
            } else if (endS < Double.POSITIVE_INFINITY) {
                pass(endS);
                finish(first);
            } else {
                throw new ScenarioException("the policy " + scenario.policy().name() + " leaves " + jobs.size()
                        + " jobs without workers for ever");
            }
            decide();
        }
    }

    /** When shares may change though nothing happens. In turns such a change only shows when a chunk ends. */
    private double reviewS() {
        long atUs = pool.sharing().enforced() ? dispatcher.reviewAtUs() : Long.MAX_VALUE;
        return atUs == Long.MAX_VALUE ? Double.POSITIVE_INFINITY : Math.max(atUs / 1e6, nowS + TICK_S);
    }

    private SimulatedWorker firstToEnd() {
        SimulatedWorker first = workers.getFirst();
        for (SimulatedWorker worker : workers) {
            first = worker.endS() < first.endS() ? worker : first;
        }
        return first;
    }

    private void pass(double then) {
        tally.pass(then, jobs.size(), held());
        nowS = then;
    }

    private void arrive(ChunkedJob job) {
        jobs.put(job.id, job);
        observe(new Event.JobSubmitted(job.state()));
    }

    private void finish(SimulatedWorker worker) {
        SimulatedWorker.Held held = worker.stop();
        if (held == null) {
            return;
        }
        ChunkedJob job = held.job();
        paced(job);
        observe(new Event.Finished(worker.id, EPOCH, held.grant(), nowUs()));
        observe(new Event.ChunkCommitted(job.id, held.grant().chunk()));
        if (job.commit()) {
            jobs.remove(job.id);
            tally.ended(nowS, job.arrival);
            observe(new Event.JobEnded(job.id));
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
        paced(held.job());
        observe(new Event.Started(worker.id, EPOCH, held.grant(), nowUs()));
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
        Set<ChunkedJob> changed = new LinkedHashSet<>();
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
    private void paced(ChunkedJob job) {
        double cores = 0;
        for (SimulatedWorker worker : workers) {
            cores += worker.runs(job) ? worker.pace : 0;
        }
        double speed = cores == 0 ? 0 : scenario.speedup().at(cores) / cores;
        for (SimulatedWorker worker : workers) {
            if (worker.runs(job)) {
                worker.speed(nowS, worker.pace * speed);
            }
        }
        tally.change(nowS, job.arrival.id(), cores * scenario.core());
    }

    /** Does what the dispatcher wants until it wants nothing more. */
    private void decide() {
        tally.decision();
        for (List<Command> commands = dispatcher.decide(nowUs());
                !commands.isEmpty();
                commands = dispatcher.decide(nowUs())) {
            commands.forEach(this::obey);
        }
        pace();
        tally.holds(held() * scenario.core());
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Grant grant -> grant(grant);
            case Command.Revoke revoke -> revoke(worker(revoke.worker()), revoke.grant());
            case Command.DropJob drop -> drop(worker(drop.worker()), drop.job());
            case Command.FailJob fail -> refuse(fail.job());
        }
    }

    private void grant(Command.Grant grant) {
        ChunkedJob job = jobs.get(grant.chunk().job());
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
            observe(new Event.Revoked(worker.id, EPOCH, grant));
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
        ChunkedJob job = jobs.remove(id);
        if (job != null) {
            tally.refused(nowS, job.arrival);
            observe(new Event.JobEnded(id));
        }
    }

    private SimulatedWorker worker(String name) {
        SimulatedWorker worker = byName.get(name);
        if (worker == null) {
            throw new IllegalStateException("a command for the worker " + name + ", which does not exist");
        }
        return worker;
    }

    private void observe(Event event) {
        dispatcher.observe(event, nowUs());
    }

    private long nowUs() {
        return Math.round(nowS * 1e6);
    }
}
