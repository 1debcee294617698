package io.framequota.common.compute;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.function.ToDoubleFunction;

/** Devices in virtual time, whose jobs always have a batch that waits. */
final class VirtualDevice {
    /** A batch that a device has computed. */
    record Batch(String job, long startNs, long ns, boolean borrowed) {}

    private record Running(String job, long endNs, long ns, ComputeTimeBuckets.Charge charge) {}

    final List<Batch> batches = new ArrayList<>();
    final Map<String, Double> lowest = new HashMap<>();
    /** Times at which a batch waited and a device was idle although something could start. */
    int idledInVain;

    private final ComputeTimeBuckets buckets;
    private final int devices;
    private final long gapNs;
    private final Map<String, ToDoubleFunction<Random>> jobs = new LinkedHashMap<>();
    private final Map<String, Double> estimates = new HashMap<>();
    private final PriorityQueue<Running> running = new PriorityQueue<>((a, b) -> Long.compare(a.endNs, b.endNs));
    private final Random random;
    private long nowNs;

    /** @param gapNs time that a device loses after each batch */
    VirtualDevice(ComputeTimeBuckets buckets, int devices, long gapNs, long seed) {
        this.buckets = buckets;
        this.devices = devices;
        this.gapNs = gapNs;
        random = new Random(seed);
    }

    /** @param batchNs draws the time of a batch */
    void add(String job, ToDoubleFunction<Random> batchNs) {
        jobs.put(job, batchNs);
    }

    void remove(String job) {
        jobs.remove(job);
    }

    long now() {
        return nowNs;
    }

    /** @param alone whether a job's batches run one by one */
    void runUntil(long untilNs, boolean alone) {
        while (true) {
            start(alone);
            Running first = running.peek();
            long next = first == null ? Long.MAX_VALUE : first.endNs + gapNs;
            if (running.size() < devices) {
                for (String job : waiting(alone)) {
                    next = Math.min(next, nowNs + Math.max(1, buckets.untilReadyNs(job, nowNs)));
                }
            }
            if (next > untilNs) {
                nowNs = untilNs;
                return;
            }
            nowNs = next;
            for (Running done = running.peek(); done != null && done.endNs + gapNs <= nowNs; done = running.peek()) {
                running.remove();
                done.charge.settle(done.ns, nowNs);
                lowest.merge(done.job, buckets.level(done.job, nowNs), Math::min);
                estimates.merge(done.job, (double) done.ns, (old, ns) -> (3 * old + ns) / 4);
            }
        }
    }

    private List<String> waiting(boolean alone) {
        return jobs.keySet().stream()
                .filter(j -> !alone || running.stream().noneMatch(r -> r.job.equals(j)))
                .toList();
    }

    private void start(boolean alone) {
        while (running.size() < devices) {
            List<String> waiting = waiting(alone);
            String job = buckets.next(waiting, true, nowNs);
            if (job == null) {
                idledInVain += waiting.isEmpty() ? 0 : 1;
                return;
            }
            long ns = (long) Objects.requireNonNull(jobs.get(job)).applyAsDouble(random);
            ComputeTimeBuckets.Charge charge = buckets.start(job, estimates.getOrDefault(job, 1e6), nowNs);
            batches.add(new Batch(job, nowNs, ns, charge.borrowed()));
            running.add(new Running(job, nowNs + ns, ns, charge));
        }
    }

    /** Nanoseconds that a job's batches computed which started in a window. */
    double used(String job, long fromNs, long toNs) {
        return batches.stream()
                .filter(b -> b.job.equals(job) && b.startNs >= fromNs && b.startNs < toNs)
                .mapToDouble(Batch::ns)
                .sum();
    }
}
