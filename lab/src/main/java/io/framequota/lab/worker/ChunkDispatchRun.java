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
 * One run in chunks. The production dispatcher grants chunks to single-threaded workers, one per core, whose limits do
 * not change. For one thread.
 */
final class ChunkDispatchRun {
    private static final long EPOCH = 1;
    /** Must be well below the 2 s after which the dispatcher treats a silent worker as lost. */
    private static final long BEAT_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private final ScaledExperiment scaled;
    private final double chunkS;
    private final double coreMilli;
    private final BlockingQueue<WorkerEvent> events;
    private final LongSupplier clock;
    private final long startNanos;
    private final RunRecorder recorder = new RunRecorder();
    private final ResponseForecaster forecaster = new ResponseForecaster();
    private final Dispatcher dispatcher;
    private final Deque<Arrival> arrivals;
    private final Map<String, BurnerSlot> slots = new LinkedHashMap<>();
    private final Map<String, DispatchJob> jobs = new HashMap<>();
    private final int parallelism;
    private long positions;
    private long beatNanos;

    ChunkDispatchRun(
            ScaledExperiment scaled,
            double chunkS,
            double coreMilli,
            List<WorkerAssignment> assignments,
            BlockingQueue<WorkerEvent> events,
            LongSupplier clock,
            long startNanos) {
        this.scaled = scaled;
        this.chunkS = chunkS;
        this.coreMilli = coreMilli;
        this.events = events;
        this.clock = clock;
        this.startNanos = startNanos;
        this.arrivals = new ArrayDeque<>(scaled.arrivals());
        double most = scaled.speedup().limit();
        parallelism = most >= scaled.cores() ? JobDescriptor.UNLIMITED : (int) Math.max(1, Math.ceil(most));
        dispatcher = new Dispatcher(
                EPOCH, scaled.policy(), DispatcherSettings.capped(DispatcherSettings.UNCAPPED), new DecisionLog(1));
        assignments.forEach(m -> slots.put(m.name, new BurnerSlot(m)));
    }

    /** Runs until every job has ended. */
    RunRecorder run() throws InterruptedException {
        try (forecaster) {
            serve();
            recorder.forecast(forecaster.responses());
        }
        return recorder;
    }

    private void serve() throws InterruptedException {
        observe(new DispatchEvent.SpeedupMeasured(scaled.speedup()));
        while (!arrivals.isEmpty() || !jobs.isEmpty()) {
            long now = clock.getAsLong();
            if (now >= beatNanos) {
                beatNanos = now + BEAT_NANOS;
                slots.values().forEach(this::beat);
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
            for (BurnerSlot slot : slots.values()) {
                if (slot.running == null) {
                    // The worker is idle because there is no work, so its next chunk is no handover.
                    slot.freeSince = 0;
                }
            }
            WorkerEvent next = events.poll(untilNext(clock.getAsLong()), TimeUnit.NANOSECONDS);
            if (next != null) {
                handle(next);
            }
        }
    }

    /** Forecasts a job's response, if a frame was measured already. */
    private void forecast(DispatchJob job) {
        DispatcherSnapshot present = dispatcher.snapshot(nowUs());
        boolean measured = present.jobs().stream().anyMatch(DispatcherSnapshot.OpenJob::isSized);
        if (measured && jobs.containsKey(job.id())) {
            forecaster.ask(present, job.arrival, job.id(), nowUs() / 1e6 - job.arrival.arrivalS());
        }
    }

    private long untilNext(long now) {
        long next = arrivals.isEmpty() ? beatNanos : Math.min(beatNanos, due(arrivals.getFirst()));
        return Math.max(0, next - now);
    }

    private long due(Arrival arrival) {
        return startNanos + (long) (arrival.arrivalS() * 1e9);
    }

    private void beat(BurnerSlot slot) {
        WorkerInfo info = new WorkerInfo(true, 1, Set.of(DispatchJob.MODEL), slot.assignment.name, "local");
        observe(new DispatchEvent.Heartbeat(slot.id, EPOCH, info, grant(slot.running), grant(slot.waiting)));
    }

    private static @Nullable GrantRef grant(BurnerSlot.@Nullable Held held) {
        return held == null ? null : held.grant();
    }

    private void handle(WorkerEvent event) {
        BurnerSlot slot = slot(slots.values(), event.from());
        switch (event) {
            case WorkerEvent.Failed failed -> throw new RunFailedException(failed.why());
            case WorkerEvent.Holds holds -> {
                // Workers of chunks keep their limits.
            }
            case WorkerEvent.Began began -> {
                if (slot != null && slot.freeSince != 0) {
                    recorder.handedOver(began.nanos() - slot.freeSince);
                }
            }
            case WorkerEvent.Ended ended -> {
                if (slot != null) {
                    finish(slot, ended.nanos());
                }
            }
        }
    }

    private static @Nullable BurnerSlot slot(Collection<BurnerSlot> slots, BurnerWorker worker) {
        return slots.stream()
                .filter(h -> h.assignment.worker == worker)
                .findFirst()
                .orElse(null);
    }

    private void finish(BurnerSlot slot, long nanos) {
        BurnerSlot.Held held = slot.running;
        if (held == null) {
            return;
        }
        DispatchJob job = held.job();
        job.running--;
        slot.running = null;
        slot.freeSince = nanos;
        BurnerSlot.Held waiting = slot.waiting;
        slot.waiting = null;
        // The waiting chunk starts before any bookkeeping, so that the core is not idle.
        if (waiting != null) {
            start(slot, waiting);
        }
        if (waiting == null || waiting.job() != job) {
            changed(job, nanos);
        }
        observe(new DispatchEvent.Finished(slot.id, EPOCH, held.grant(), job.frames(), nowUs()));
        observe(new DispatchEvent.ChunkCommitted(job.id(), held.grant().chunk()));
        if (job.done()) {
            jobs.remove(job.id());
            recorder.ended(job.arrival, seconds(nanos));
            observe(new DispatchEvent.JobEnded(job.id()));
        }
    }

    private void start(BurnerSlot slot, BurnerSlot.Held held) {
        DispatchJob job = held.job();
        slot.running = held;
        slot.assignment.worker.run(
                job.arrival.id(), slot.assignment.worker.units(job.chunkS() * scaled.coreScale()), Parallelism.ONE);
        job.running++;
        changed(job, clock.getAsLong());
        observe(new DispatchEvent.Started(slot.id, EPOCH, held.grant(), nowUs()));
    }

    private void changed(DispatchJob job, long nanos) {
        recorder.has(seconds(nanos), job.arrival.id(), job.running * coreMilli);
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
            case DispatchCommand.Revoke revoke -> revoke(slot(revoke.worker()), revoke.grant());
            case DispatchCommand.DropJob drop -> drop(slot(drop.worker()), drop.job());
            case DispatchCommand.GrantStream ignored -> throw new IllegalStateException("there are no streams here");
            case DispatchCommand.StopStream ignored -> throw new IllegalStateException("there are no streams here");
            case DispatchCommand.KeepDeaths ignored -> {
                // A run has one leader.
            }
            case DispatchCommand.FailJob fail -> {
                if (jobs.remove(fail.job()) != null) {
                    recorder.refused();
                    observe(new DispatchEvent.JobEnded(fail.job()));
                }
            }
        }
    }

    private void grant(DispatchCommand.Grant grant) {
        DispatchJob job = jobs.get(grant.chunk().job());
        BurnerSlot slot = slot(grant.worker());
        if (job == null) {
            return;
        }
        BurnerSlot.Held held =
                new BurnerSlot.Held(new GrantRef(job.id(), grant.chunk().index(), grant.attempt()), job);
        if (held.equals(slot.running) || held.equals(slot.waiting)) {
            // The dispatcher repeats a grant until a heartbeat confirms it.
            return;
        }
        if (slot.running == null) {
            start(slot, held);
        } else {
            slot.waiting = held;
        }
    }

    private void revoke(BurnerSlot slot, GrantRef grant) {
        if (slot.waiting != null && slot.waiting.grant().equals(grant)) {
            slot.waiting = null;
            observe(new DispatchEvent.Revoked(slot.id, EPOCH, grant));
        }
    }

    private static void drop(BurnerSlot slot, String job) {
        if (slot.waiting != null && slot.waiting.job().id().equals(job)) {
            slot.waiting = null;
        }
    }

    private BurnerSlot slot(String name) {
        return java.util.Objects.requireNonNull(slots.get(name));
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
