package io.framequota.lab.worker;

import io.framequota.lab.experiment.RunFailedException;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.DispatchEvent;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.DispatcherSettings;
import io.framequota.scheduler.dispatch.DispatcherSnapshot;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.simulator.Arrival;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One run in chunks: the production dispatcher grants them to processes of one thread each, one per core, with
 * whatever limit they have. For one thread.
 */
final class ChunkDispatchRun {
    private static final long EPOCH = 1;
    /** The dispatcher takes a worker that is silent for 2 s for lost. */
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ScaledExperiment terms;
    private final double chunkS;
    private final double coreMilli;
    private final BlockingQueue<WorkerEvent> told;
    private final LongSupplier clock;
    private final long startNanos;
    private final RunRecorder journal = new RunRecorder();
    private final ResponseForecaster oracle = new ResponseForecaster();
    private final Dispatcher dispatcher;
    private final Deque<Arrival> arrivals;
    private final Map<String, BurnerSlot> hands = new LinkedHashMap<>();
    private final Map<String, DispatchJob> jobs = new HashMap<>();
    private final int parallelism;
    private long positions;
    private long beatNanos;

    ChunkDispatchRun(
            ScaledExperiment terms,
            double chunkS,
            double coreMilli,
            List<WorkerAssignment> members,
            BlockingQueue<WorkerEvent> told,
            LongSupplier clock,
            long startNanos) {
        this.terms = terms;
        this.chunkS = chunkS;
        this.coreMilli = coreMilli;
        this.told = told;
        this.clock = clock;
        this.startNanos = startNanos;
        this.arrivals = new ArrayDeque<>(terms.arrivals());
        double most = terms.speedup().limit();
        parallelism = most >= terms.cores() ? JobDescriptor.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        dispatcher = new Dispatcher(
                EPOCH, terms.policy(), DispatcherSettings.capped(DispatcherSettings.UNCAPPED), new DecisionLog(1));
        members.forEach(m -> hands.put(m.name, new BurnerSlot(m)));
    }

    /** Runs until every job has ended. */
    RunRecorder run() throws InterruptedException {
        try (oracle) {
            serve();
            journal.forecast(oracle.responses());
        }
        return journal;
    }

    private void serve() throws InterruptedException {
        observe(new DispatchEvent.SpeedupMeasured(terms.speedup()));
        while (!arrivals.isEmpty() || !jobs.isEmpty()) {
            long now = clock.getAsLong();
            if (now >= beatNanos) {
                beatNanos = now + BEAT_NANOS;
                hands.values().forEach(this::beat);
            }
            List<DispatchJob> came = new ArrayList<>();
            while (!arrivals.isEmpty() && due(arrivals.getFirst()) <= now) {
                DispatchJob job = new DispatchJob(arrivals.removeFirst(), ++positions, chunkS, parallelism);
                jobs.put(job.id(), job);
                observe(new DispatchEvent.JobSubmitted(job.state()));
                came.add(job);
            }
            decide();
            came.forEach(this::forecast);
            for (BurnerSlot hand : hands.values()) {
                if (hand.running == null) {
                    // Idle for want of work: the next chunk is not handed over to it.
                    hand.freeSince = 0;
                }
            }
            WorkerEvent next = told.poll(untilNext(clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (next != null) {
                hear(next);
            }
        }
    }

    /** Until a frame was measured there is nothing to go by. */
    private void forecast(DispatchJob job) {
        DispatcherSnapshot present = dispatcher.snapshot(nowUs());
        boolean measured = present.jobs().stream().anyMatch(DispatcherSnapshot.OpenJob::isSized);
        if (measured && jobs.containsKey(job.id())) {
            oracle.ask(present, job.arrival, job.id(), nowUs() / 1e6 - job.arrival.arrivalS());
        }
    }

    private long untilNext(long now) {
        long next = arrivals.isEmpty() ? beatNanos : Math.min(beatNanos, due(arrivals.getFirst()));
        return Math.max(0, next - now);
    }

    private long due(Arrival arrival) {
        return startNanos + (long) (arrival.arrivalS() * 1e9);
    }

    private void beat(BurnerSlot hand) {
        WorkerInfo info = new WorkerInfo(true, 1, Set.of(DispatchJob.MODEL), hand.member.name, "local");
        observe(new DispatchEvent.Heartbeat(hand.id, EPOCH, info, grant(hand.running), grant(hand.waiting)));
    }

    private static @Nullable GrantRef grant(BurnerSlot.@Nullable Held held) {
        return held == null ? null : held.grant();
    }

    private void hear(WorkerEvent what) {
        BurnerSlot hand = hand(hands.values(), what.from());
        switch (what) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Holds holds -> {
                // Workers of chunks keep what they have.
            }
            case WorkerEvent.Began began -> {
                if (hand != null && hand.freeSince != 0) {
                    journal.handedOver(began.nanos() - hand.freeSince);
                }
            }
            case WorkerEvent.Ended ended -> {
                if (hand != null) {
                    finish(hand, ended.nanos());
                }
            }
        }
    }

    private static @Nullable BurnerSlot hand(Collection<BurnerSlot> hands, BurnerWorker worker) {
        return hands.stream().filter(h -> h.member.worker == worker).findFirst().orElse(null);
    }

    private void finish(BurnerSlot hand, long nanos) {
        BurnerSlot.Held held = hand.running;
        if (held == null) {
            return;
        }
        DispatchJob job = held.job();
        job.running--;
        hand.running = null;
        hand.freeSince = nanos;
        BurnerSlot.Held waiting = hand.waiting;
        hand.waiting = null;
        // First of all the core goes on; what follows is bookkeeping.
        if (waiting != null) {
            start(hand, waiting);
        }
        if (waiting == null || waiting.job() != job) {
            changed(job, nanos);
        }
        observe(new DispatchEvent.Finished(hand.id, EPOCH, held.grant(), nowUs()));
        observe(new DispatchEvent.ChunkCommitted(job.id(), held.grant().chunk()));
        if (job.done()) {
            jobs.remove(job.id());
            journal.ended(job.arrival, seconds(nanos));
            observe(new DispatchEvent.JobEnded(job.id()));
        }
    }

    private void start(BurnerSlot hand, BurnerSlot.Held held) {
        DispatchJob job = held.job();
        hand.running = held;
        hand.member.worker.run(
                job.arrival.id(), hand.member.worker.units(job.chunkS() * terms.coreScale()), Parallelism.ONE);
        job.running++;
        changed(job, clock.getAsLong());
        observe(new DispatchEvent.Started(hand.id, EPOCH, held.grant(), nowUs()));
    }

    private void changed(DispatchJob job, long nanos) {
        journal.has(seconds(nanos), job.arrival.id(), job.running * coreMilli);
    }

    private void decide() {
        for (List<DispatchCommand> commands = dispatcher.decide(nowUs());
                !commands.isEmpty();
                commands = dispatcher.decide(nowUs())) {
            commands.forEach(this::obey);
        }
    }

    private void obey(DispatchCommand command) {
        switch (command) {
            case DispatchCommand.Grant grant -> grant(grant);
            case DispatchCommand.Revoke revoke -> revoke(hand(revoke.worker()), revoke.grant());
            case DispatchCommand.DropJob drop -> drop(hand(drop.worker()), drop.job());
            case DispatchCommand.FailJob fail -> {
                if (jobs.remove(fail.job()) != null) {
                    journal.refused();
                    observe(new DispatchEvent.JobEnded(fail.job()));
                }
            }
        }
    }

    private void grant(DispatchCommand.Grant grant) {
        DispatchJob job = jobs.get(grant.chunk().job());
        BurnerSlot hand = hand(grant.worker());
        if (job == null) {
            return;
        }
        BurnerSlot.Held held =
                new BurnerSlot.Held(new GrantRef(job.id(), grant.chunk().index(), grant.attempt()), job);
        if (held.equals(hand.running) || held.equals(hand.waiting)) {
            // Sent again because no heartbeat has confirmed it yet.
            return;
        }
        if (hand.running == null) {
            start(hand, held);
        } else {
            hand.waiting = held;
        }
    }

    private void revoke(BurnerSlot hand, GrantRef grant) {
        if (hand.waiting != null && hand.waiting.grant().equals(grant)) {
            hand.waiting = null;
            observe(new DispatchEvent.Revoked(hand.id, EPOCH, grant));
        }
    }

    private static void drop(BurnerSlot hand, String job) {
        if (hand.waiting != null && hand.waiting.job().id().equals(job)) {
            hand.waiting = null;
        }
    }

    private BurnerSlot hand(String name) {
        return java.util.Objects.requireNonNull(hands.get(name));
    }

    private void observe(DispatchEvent event) {
        dispatcher.observe(event, nowUs());
    }

    private long nowUs() {
        return (clock.getAsLong() - startNanos) / 1000;
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / 1e9;
    }
}
