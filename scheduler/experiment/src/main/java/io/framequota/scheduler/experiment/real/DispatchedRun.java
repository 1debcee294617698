package io.framequota.scheduler.experiment.real;

import io.framequota.scheduler.dispatch.Command;
import io.framequota.scheduler.dispatch.DecisionLog;
import io.framequota.scheduler.dispatch.Dispatcher;
import io.framequota.scheduler.dispatch.Event;
import io.framequota.scheduler.dispatch.GrantRef;
import io.framequota.scheduler.dispatch.JobSpec;
import io.framequota.scheduler.dispatch.Present;
import io.framequota.scheduler.dispatch.Settings;
import io.framequota.scheduler.dispatch.WorkerInfo;
import io.framequota.scheduler.experiment.RunFailedException;
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
final class DispatchedRun {
    private static final long EPOCH = 1;
    /** The dispatcher takes a worker that is silent for 2 s for lost. */
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final Terms terms;
    private final double chunkS;
    private final double coreMilli;
    private final BlockingQueue<Told> told;
    private final LongSupplier clock;
    private final long startNanos;
    private final Journal journal = new Journal();
    private final Oracle oracle = new Oracle();
    private final Dispatcher dispatcher;
    private final Deque<Arrival> arrivals;
    private final Map<String, Hand> hands = new LinkedHashMap<>();
    private final Map<String, ChunkedJob> jobs = new HashMap<>();
    private final int parallelism;
    private long positions;
    private long beatNanos;

    DispatchedRun(
            Terms terms,
            double chunkS,
            double coreMilli,
            List<Member> members,
            BlockingQueue<Told> told,
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
        parallelism = most >= terms.cores() ? JobSpec.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        dispatcher = new Dispatcher(EPOCH, terms.policy(), Settings.capped(Settings.UNCAPPED), new DecisionLog(1));
        members.forEach(m -> hands.put(m.name, new Hand(m)));
    }

    /** Runs until every job has ended. */
    Journal run() throws InterruptedException {
        try (oracle) {
            serve();
            journal.forecast(oracle.responses());
        }
        return journal;
    }

    private void serve() throws InterruptedException {
        observe(new Event.SpeedupMeasured(terms.speedup()));
        while (!arrivals.isEmpty() || !jobs.isEmpty()) {
            long now = clock.getAsLong();
            if (now >= beatNanos) {
                beatNanos = now + BEAT_NANOS;
                hands.values().forEach(this::beat);
            }
            List<ChunkedJob> came = new ArrayList<>();
            while (!arrivals.isEmpty() && due(arrivals.getFirst()) <= now) {
                ChunkedJob job = new ChunkedJob(arrivals.removeFirst(), ++positions, chunkS, parallelism);
                jobs.put(job.id(), job);
                observe(new Event.JobSubmitted(job.state()));
                came.add(job);
            }
            decide();
            came.forEach(this::forecast);
            for (Hand hand : hands.values()) {
                if (hand.running == null) {
                    // Idle for want of work: the next chunk is not handed over to it.
                    hand.freeSince = 0;
                }
            }
            Told next = told.poll(untilNext(clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (next != null) {
                hear(next);
            }
        }
    }

    /** Until a frame was measured there is nothing to go by. */
    private void forecast(ChunkedJob job) {
        Present present = dispatcher.present(nowUs());
        boolean measured = present.jobs().stream().anyMatch(Present.Task::isSized);
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

    private void beat(Hand hand) {
        WorkerInfo info = new WorkerInfo(true, 1, Set.of(ChunkedJob.MODEL), hand.member.name, "local");
        observe(new Event.Heartbeat(hand.id, EPOCH, info, grant(hand.running), grant(hand.waiting)));
    }

    private static @Nullable GrantRef grant(Hand.@Nullable Held held) {
        return held == null ? null : held.grant();
    }

    private void hear(Told what) {
        Hand hand = hand(hands.values(), what.from());
        switch (what) {
            case Told.Failed failed -> throw new RunFailedException(failed.why());
            case Told.Holds holds -> {
                // Workers of chunks keep what they have.
            }
            case Told.Began began -> {
                if (hand != null && hand.freeSince != 0) {
                    journal.handedOver(began.nanos() - hand.freeSince);
                }
            }
            case Told.Ended ended -> {
                if (hand != null) {
                    finish(hand, ended.nanos());
                }
            }
        }
    }

    private static @Nullable Hand hand(Collection<Hand> hands, Worker worker) {
        return hands.stream().filter(h -> h.member.worker == worker).findFirst().orElse(null);
    }

    private void finish(Hand hand, long nanos) {
        Hand.Held held = hand.running;
        if (held == null) {
            return;
        }
        ChunkedJob job = held.job();
        job.running--;
        hand.running = null;
        hand.freeSince = nanos;
        Hand.Held waiting = hand.waiting;
        hand.waiting = null;
        // First of all the core goes on; what follows is bookkeeping.
        if (waiting != null) {
            start(hand, waiting);
        }
        if (waiting == null || waiting.job() != job) {
            changed(job, nanos);
        }
        observe(new Event.Finished(hand.id, EPOCH, held.grant(), nowUs()));
        observe(new Event.ChunkCommitted(job.id(), held.grant().chunk()));
        if (job.done()) {
            jobs.remove(job.id());
            journal.ended(job.arrival, seconds(nanos));
            observe(new Event.JobEnded(job.id()));
        }
    }

    private void start(Hand hand, Hand.Held held) {
        ChunkedJob job = held.job();
        hand.running = held;
        hand.member.worker.run(job.arrival.id(), hand.member.worker.units(job.chunkS() * terms.coreScale()), Width.ONE);
        job.running++;
        changed(job, clock.getAsLong());
        observe(new Event.Started(hand.id, EPOCH, held.grant(), nowUs()));
    }

    private void changed(ChunkedJob job, long nanos) {
        journal.has(seconds(nanos), job.arrival.id(), job.running * coreMilli);
    }

    private void decide() {
        for (List<Command> commands = dispatcher.decide(nowUs());
                !commands.isEmpty();
                commands = dispatcher.decide(nowUs())) {
            commands.forEach(this::obey);
        }
    }

    private void obey(Command command) {
        switch (command) {
            case Command.Grant grant -> grant(grant);
            case Command.Revoke revoke -> revoke(hand(revoke.worker()), revoke.grant());
            case Command.DropJob drop -> drop(hand(drop.worker()), drop.job());
            case Command.FailJob fail -> {
                if (jobs.remove(fail.job()) != null) {
                    journal.refused();
                    observe(new Event.JobEnded(fail.job()));
                }
            }
        }
    }

    private void grant(Command.Grant grant) {
        ChunkedJob job = jobs.get(grant.chunk().job());
        Hand hand = hand(grant.worker());
        if (job == null) {
            return;
        }
        Hand.Held held = new Hand.Held(new GrantRef(job.id(), grant.chunk().index(), grant.attempt()), job);
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

    private void revoke(Hand hand, GrantRef grant) {
        if (hand.waiting != null && hand.waiting.grant().equals(grant)) {
            hand.waiting = null;
            observe(new Event.Revoked(hand.id, EPOCH, grant));
        }
    }

    private static void drop(Hand hand, String job) {
        if (hand.waiting != null && hand.waiting.job().id().equals(job)) {
            hand.waiting = null;
        }
    }

    private Hand hand(String name) {
        return java.util.Objects.requireNonNull(hands.get(name));
    }

    private void observe(Event event) {
        dispatcher.observe(event, nowUs());
    }

    private long nowUs() {
        return (clock.getAsLong() - startNanos) / 1000;
    }

    private double seconds(long nanos) {
        return (nanos - startNanos) / 1e9;
    }
}
