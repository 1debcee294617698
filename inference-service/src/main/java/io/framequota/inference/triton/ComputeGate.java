package io.framequota.inference.triton;

import io.framequota.common.compute.ComputeTimeBuckets;
import io.framequota.common.compute.ComputeTimeRules;
import io.framequota.contract.control.ComputeShare;
import io.framequota.contract.control.ComputeShares;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The gate in front of one inference server, for all workers of this process that use the server: a request waits until the bucket of its
 * job lets it pass ({@link ComputeTimeBuckets}). Without a division of the scheduler, requests pass at once. Requests of streams always
 * pass at once: the scheduler has taken what they hold out of the budget. Thread-safe.
 *
 * <p>Compute time is what the server reports with an answer. A server that reports none, such as Triton, and computes one request at a time
 * answers in order, so a request has computed since it was sent or since the answer before it, whichever is later. What the way there and
 * back adds is taken off by comparison with the server's own sums ({@link #calibrate}). If such a server computes several requests at once,
 * the time is an estimate that adds up to the server's sums.
 */
public final class ComputeGate {
    /** A leader renews its division every second. After this time without a leader nothing is divided any more. */
    private static final long HOLDS_NS = TimeUnit.SECONDS.toNanos(30);

    /** A request that waits checks so often whether it is still wanted. */
    private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private static final long SHORTEST_PAUSE_NS = 50_000;
    private static final long CALIBRATION_NS = TimeUnit.MILLISECONDS.toNanos(900);
    private static final int MOST_ESTIMATES = 256;
    /** The assumed time of a model's first request. */
    private static final double FIRST_ESTIMATE_NS = 10e6;

    /**
     * What a server has computed of one model since it started.
     *
     * @param requests answered
     * @param computeNs of its devices, each batch counted once
     */
    record ModelTime(long requests, long computeNs) {}

    /** What passes of a model were measured to take since the last calibration. */
    private static final class Measured {
        private double ns;
        private int passes;
        private double factor = 1;
        private @Nullable ModelTime before;
    }

    /** A request that waits; each is itself only. */
    private static final class Waiter {
        private final String job;
        private final String model;

        private Waiter(String job, String model) {
            this.job = job;
            this.model = model;
        }
    }

    private final LongSupplier nanoTime;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();

    // All fields below are guarded by the lock.
    private final Set<String> workers = new HashSet<>();
    private final ComputeTimeBuckets buckets = new ComputeTimeBuckets(ComputeTimeRules.HARD);
    private final List<Waiter> waiting = new ArrayList<>();
    private final Map<String, Measured> models = new HashMap<>();
    private final Map<String, Double> estimates = new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Double> eldest) {
            return size() > MOST_ESTIMATES;
        }
    };

    private int devices = 1;
    private boolean reports = true;
    private int inFlight;
    /** The same by model. */
    private final Map<String, Integer> inFlightOf = new HashMap<>();

    private long lastEndNs;
    private boolean divided;
    private long dividedAtNs;
    private long calibratedAtNs;

    /** @param nanoTime nanoseconds of a clock that never goes back */
    public ComputeGate(LongSupplier nanoTime) {
        this.nanoTime = nanoTime;
        lastEndNs = nanoTime.getAsLong();
        calibratedAtNs = lastEndNs;
    }

    /** Names a worker of this process, whose parts of shares are this gate's. */
    public void serve(String worker) {
        lock.lock();
        try {
            workers.add(worker);
        } finally {
            lock.unlock();
        }
    }

    /** Takes the scheduler's division. The same one taken again only renews it. */
    public void divide(ComputeShares division) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            divided = division.getEnforced();
            dividedAtNs = now;
            Map<String, Double> shares = new HashMap<>();
            for (ComputeShare part : division.getSharesList()) {
                if (workers.contains(part.getWorker()) && part.getMillicores() > 0) {
                    shares.merge(part.getJob(), part.getMillicores(), Double::sum);
                }
            }
            ComputeTimeRules rules = division.getBorrow() ? ComputeTimeRules.BORROW : ComputeTimeRules.HARD;
            if (division.getPeriodMs() > 0) {
                rules = new ComputeTimeRules(
                        TimeUnit.MILLISECONDS.toNanos(division.getPeriodMs()), rules.carriedPeriods(), rules.borrows());
            }
            buckets.divide(rules, shares, now);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says how the server computes.
     *
     * @param together requests that it computes at once
     * @param reporting whether its answers say for how long they were computed
     */
    void server(int together, boolean reporting) {
        lock.lock();
        try {
            devices = Math.max(1, together);
            reports = reporting;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Whether compute time is divided at present. */
    boolean divides() {
        lock.lock();
        try {
            return divides(nanoTime.getAsLong());
        } finally {
            lock.unlock();
        }
    }

    private boolean divides(long now) {
        return divided && now - dividedAtNs < HOLDS_NS;
    }

    /**
     * Waits until a request of a job may be sent.
     *
     * @param work what the request computes: requests of the same work take about the same time
     * @param wanted whether the request is still wanted
     * @param uses counts the request
     * @return null if it is not wanted any more; otherwise the caller releases the pass unless it is answered
     */
    @Nullable
    Pass enter(String job, String model, String work, BooleanSupplier wanted, ComputeUses uses)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long began = nanoTime.getAsLong();
            if (!divides(began)) {
                return pass(job, model, work, null, 0, uses);
            }
            Waiter me = new Waiter(job, model);
            waiting.add(me);
            try {
                while (wanted.getAsBoolean()) {
                    long now = nanoTime.getAsLong();
                    if (!divides(now)) {
                        return pass(job, model, work, null, 0, uses);
                    }
                    if (mayStart(me, now)) {
                        return pass(job, model, work, buckets.start(job, estimateNs(work), now), now - began, uses);
                    }
                    changed.awaitNanos(pauseNs(job, now));
                }
                return null;
            } finally {
                waiting.remove(me);
                changed.signalAll();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Lets a stream's request pass. */
    Pass enterOfStream(String model, String work, ComputeUses uses) {
        lock.lock();
        try {
            return pass("", model, work, null, 0, uses);
        } finally {
            lock.unlock();
        }
    }

    private Pass pass(
            String job,
            String model,
            String work,
            ComputeTimeBuckets.@Nullable Charge charge,
            long waitedNs,
            ComputeUses uses) {
        inFlight++;
        inFlightOf.merge(model, 1, Integer::sum);
        return new Pass(job, model, work, charge, waitedNs, uses);
    }

    private boolean mayStart(Waiter me, long now) {
        return (inFlight < devices || mayQueue(me.model))
                && firstOf(me.job) == me
                && me.job.equals(buckets.next(jobs(), inFlight < devices, now));
    }

    /**
     * Whether the server may have a request more than it computes, so that it does not wait for the next one. Only Triton, and only of the
     * model that it computes: instances of another model would compute it at the same time.
     */
    private boolean mayQueue(String model) {
        return !reports && inFlight == devices && inFlightOf.getOrDefault(model, 0) == inFlight;
    }

    private double estimateNs(String work) {
        return estimates.getOrDefault(work, FIRST_ESTIMATE_NS);
    }

    private @Nullable Waiter firstOf(String job) {
        for (Waiter each : waiting) {
            if (each.job.equals(job)) {
                return each;
            }
        }
        return null;
    }

    private Set<String> jobs() {
        Set<String> jobs = new HashSet<>();
        waiting.forEach(w -> jobs.add(w.job));
        return jobs;
    }

    private long pauseNs(String job, long now) {
        long ready = buckets.untilReadyNs(job, now);
        return ready == 0 ? LOOK_NS : Math.clamp(ready, SHORTEST_PAUSE_NS, LOOK_NS);
    }

    /**
     * Compares what passes were measured to take with the server's own sums, for servers that report no times with their answers.
     *
     * @param server by model
     */
    void calibrate(Map<String, ModelTime> server) {
        lock.lock();
        try {
            long now = nanoTime.getAsLong();
            if (now - calibratedAtNs < CALIBRATION_NS) {
                return;
            }
            calibratedAtNs = now;
            server.forEach((model, sum) -> {
                Measured measured = models.computeIfAbsent(model, m -> new Measured());
                ModelTime before = measured.before;
                measured.before = sum;
                long requests = before == null ? 0 : sum.requests() - before.requests();
                if (before != null && requests >= 3 && measured.passes >= 3 && measured.ns > 0) {
                    double mean = (double) (sum.computeNs() - before.computeNs()) / requests;
                    measured.factor = Math.clamp(mean / (measured.ns / measured.passes), 0.1, 1.2);
                }
                measured.ns = 0;
                measured.passes = 0;
            });
        } finally {
            lock.unlock();
        }
    }

    /** A request that passed the gate. It has a place at the server until it is answered or released, and again once it is resumed. */
    final class Pass {
        private final String job;
        private final String model;
        private final String work;
        private final ComputeUses uses;
        private ComputeTimeBuckets.@Nullable Charge charge;
        private long waitedNs;
        private boolean holds = true;

        private Pass(
                String job,
                String model,
                String work,
                ComputeTimeBuckets.@Nullable Charge charge,
                long waitedNs,
                ComputeUses uses) {
            this.job = job;
            this.model = model;
            this.work = work;
            this.charge = charge;
            this.waitedNs = waitedNs;
            this.uses = uses;
        }

        /**
         * The server has answered.
         *
         * @param reportedUs microseconds of compute time that the answer says, below 0 if it says nothing
         * @param estimateUs the estimate if it says nothing and the server computes several requests at once
         * @param sentAtNs when the request was sent
         * @return microseconds that the server computed for this request
         */
        long answered(long reportedUs, long estimateUs, long sentAtNs) {
            lock.lock();
            try {
                long now = nanoTime.getAsLong();
                boolean approximate = reportedUs < 0 && devices > 1;
                double ns = reportedUs * 1e3;
                if (reportedUs < 0) {
                    double raw = approximate ? estimateUs * 1e3 : now - Math.max(sentAtNs, lastEndNs);
                    Measured measured = models.computeIfAbsent(model, m -> new Measured());
                    measured.ns += raw;
                    measured.passes++;
                    ns = raw * measured.factor;
                }
                double known = ns;
                estimates.merge(work, known, (old, one) -> (3 * old + one) / 4);
                ComputeTimeBuckets.Charge charged = holds ? charge : null;
                leave(ns, now);
                lastEndNs = now;
                if (charged != null) {
                    uses.add(job, ns, charged.borrowed(), waitedNs, approximate);
                    waitedNs = 0;
                }
                return charge == null && reportedUs < 0 ? estimateUs : Math.round(ns / 1e3);
            } finally {
                lock.unlock();
            }
        }

        /**
         * The request has no answer: it ended, or it waits to be sent again. Its place is free for others, and it has cost nothing. Does
         * nothing without a place.
         */
        void release() {
            lock.lock();
            try {
                leave(0, nanoTime.getAsLong());
            } finally {
                lock.unlock();
            }
        }

        /**
         * The request is sent again. Never blocks, since the request has waited for its share before: it takes a place even if none is free,
         * and what it costs its job pays before its next request. Does nothing with a place.
         */
        void resume() {
            lock.lock();
            try {
                if (holds) {
                    return;
                }
                holds = true;
                long now = nanoTime.getAsLong();
                inFlight++;
                inFlightOf.merge(model, 1, Integer::sum);
                charge = ofStream() || !divides(now) ? null : buckets.start(job, estimateNs(work), now);
            } finally {
                lock.unlock();
            }
        }

        private boolean ofStream() {
            return job.isEmpty();
        }

        private void leave(double ns, long now) {
            if (holds) {
                holds = false;
                inFlight--;
                inFlightOf.merge(model, -1, Integer::sum);
                if (charge != null) {
                    charge.settle(ns, now);
                }
                changed.signalAll();
            }
        }
    }
}
