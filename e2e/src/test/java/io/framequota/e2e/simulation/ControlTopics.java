package io.framequota.e2e.simulation;

import static io.framequota.e2e.simulation.VirtualTime.MILLIS;
import static io.framequota.e2e.simulation.VirtualTime.SECONDS;

import io.framequota.inference.worker.WorkerInput;
import io.framequota.scheduler.dispatch.DispatchEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The topics between authority, schedulers and workers, worse than Kafka's: while {@link #faulty}, commands and reports are lost, repeated and
 * overtake each other. Facts stay in their order and are repeated; those on their way when the authority dies may be lost.
 */
final class ControlTopics {
    private final VirtualTime time;
    private final List<SimulatedScheduler> schedulers = new ArrayList<>();
    private final List<SimulatedWorker> workers = new ArrayList<>();
    /** When the last fact reaches a scheduler. */
    private final Map<SimulatedScheduler, Long> lastFact = new HashMap<>();

    private final long latencyUs;
    private final int lossPercent;
    private final int copyPercent;
    private boolean faulty = true;
    private int generation;

    ControlTopics(VirtualTime time) {
        this.time = time;
        latencyUs = 1 + time.upTo(60 * MILLIS);
        lossPercent = time.random.nextInt(12);
        copyPercent = time.random.nextInt(20);
    }

    void add(SimulatedScheduler scheduler) {
        schedulers.add(scheduler);
    }

    void add(SimulatedWorker worker) {
        workers.add(worker);
    }

    /** From now on every message arrives once, soon and in order. */
    void calm() {
        faulty = false;
    }

    /** Facts that have not arrived yet may never do so. */
    void loseFacts() {
        if (time.random.nextBoolean()) {
            generation++;
        }
    }

    void fact(DispatchEvent.JobEvent fact) {
        int sent = generation;
        for (SimulatedScheduler scheduler : schedulers) {
            long at = Math.max(lastFact.getOrDefault(scheduler, 0L), time.nowUs() + latency());
            lastFact.put(scheduler, at);
            scheduler.in(at - time.nowUs(), () -> {
                if (sent == generation) {
                    scheduler.observe(fact);
                }
            });
            if (faulty && time.chance(copyPercent)) {
                scheduler.in(at - time.nowUs() + time.upTo(3 * SECONDS), () -> scheduler.observe(fact));
            }
        }
    }

    void report(DispatchEvent.WorkerReport report) {
        schedulers.forEach(scheduler -> send(scheduler, () -> scheduler.observe(report)));
    }

    /** @param worker the addressee, empty for all; the others hear the epoch */
    void command(String worker, WorkerInput.Order order) {
        for (SimulatedWorker each : workers) {
            WorkerInput.Order heard =
                    worker.isEmpty() || worker.equals(each.name) ? order : new WorkerInput.Led(order.epoch());
            send(each, () -> each.command(heard));
        }
    }

    private void send(SimulatedProcess to, Runnable delivery) {
        if (!faulty || !time.chance(lossPercent)) {
            to.in(latency(), delivery);
        }
        if (faulty && time.chance(copyPercent)) {
            to.in(latency() + time.upTo(3 * SECONDS), delivery);
        }
    }

    /** A duration between two processes. */
    long latency() {
        return faulty ? time.upTo(latencyUs) + (time.chance(2) ? time.upTo(2 * SECONDS) : 0) : MILLIS;
    }

    /** Whether a message or an answer gets lost. */
    boolean loses() {
        return faulty && time.chance(lossPercent);
    }
}
