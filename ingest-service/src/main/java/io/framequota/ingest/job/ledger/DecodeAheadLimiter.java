package io.framequota.ingest.job.ledger;

import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.config.IngestConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how far decoding runs ahead of inference: bounds the bytes of frames that are written, or being written, and have no
 * result yet. Thread-safe.
 *
 * <p>Half of the bound is divided into equal shares, one for each job that may be decoded at a time. The other half is a pool for
 * the jobs that come first in the policy's order, or by arrival where the policy names no order. So the first job has the most
 * chunks ready, and a policy that turns to another job finds some of that job's chunks ready too. Jobs whose frames travel as packets
 * may be many more: they divide among them what is left of the first half. A job without any open chunk may always write one.
 *
 * <p>So the total stays below the bound plus one chunk for each job, or plus half the bound where both kinds of jobs take the first
 * half.
 */
@Singleton
public final class DecodeAheadLimiter {
    private static final long LEAST = 256L << 20;
    private static final int CHUNKS_PER_WORKER = 2;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Long> held = new HashMap<>();
    private Map<String, Integer> ranks = Map.of();
    private final TreeSet<Waiter> waiting = new TreeSet<>();
    private final int shares;
    /** The least that the bound is. */
    private final long least;

    private final long chunkBytes;
    /** Guarded by the lock. */
    private long bound;

    /** A job that waits for memory. Those that come first sort first. */
    private record Waiter(int rank, long arrival, String job) implements Comparable<Waiter> {
        @Override
        public int compareTo(Waiter other) {
            return Comparator.comparingInt(Waiter::rank)
                    .thenComparingLong(Waiter::arrival)
                    .thenComparing(Waiter::job)
                    .compare(this, other);
        }
    }

    @Inject
    DecodeAheadLimiter(IngestConfig config, MeterRegistry metrics) {
        this(
                config.decodeAheadBytes().map(MemorySize::asLongValue).orElse(LEAST),
                config.decodeJobs(),
                config.decodeAheadBytes().isPresent() ? 0 : config.chunkBytes().asLongValue());
        Gauge.builder("framequota.decode.ahead.bytes", this, DecodeAheadLimiter::held)
                .description("Bytes of frames that are written and have no result yet")
                .register(metrics);
        Gauge.builder("framequota.decode.ahead.limit.bytes", this, DecodeAheadLimiter::bound)
                .description("Limit on those bytes: FRAMEQUOTA_DECODE_AHEAD_BYTES, or derived from the ready workers")
                .register(metrics);
    }

    /**
     * @param bytes the bound, or the least that it is
     * @param jobs number of jobs that may be decoded at a time
     * @param chunkBytes size of a full chunk, from which {@link #follow} derives the bound; 0 for a bound that stays
     */
    DecodeAheadLimiter(long bytes, int jobs, long chunkBytes) {
        this.bound = bytes;
        this.least = bytes;
        this.shares = jobs;
        this.chunkBytes = chunkBytes;
    }

    /**
     * Makes the bound follow the number of ready workers, unless it is set: each can have a full chunk that it runs and one that waits. A
     * bound that shrinks releases nothing; it is reached by committing.
     */
    public void follow(long readyWorkers) {
        lock.lock();
        try {
            long next = Math.max(least, CHUNKS_PER_WORKER * chunkBytes * readyWorkers);
            if (next > bound) {
                changed.signalAll();
            }
            bound = next;
        } finally {
            lock.unlock();
        }
    }

    /** The bound at present. */
    long bound() {
        lock.lock();
        try {
            return bound;
        } finally {
            lock.unlock();
        }
    }

    /** Sets the order of the jobs that come first. The others follow by arrival. */
    public void setOrder(List<String> jobs) {
        lock.lock();
        try {
            Map<String, Integer> next = new HashMap<>();
            jobs.forEach(job -> next.putIfAbsent(job, next.size()));
            ranks = next;
            List<Waiter> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(w -> waiting.add(waiter(w.job(), w.arrival())));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Waiter waiter(String job, long arrival) {
        return new Waiter(ranks.getOrDefault(job, Integer.MAX_VALUE), arrival, job);
    }

    /**
     * The memory of one job, for the thread that decodes it.
     *
     * @param arrival the job's position in the order of submission
     * @param packets whether the job's frames travel as packets
     * @param stopped whether the job has ended; asked again whenever memory of the job is released
     * @param beforeWaiting called before a call that may wait
     */
    public ChunkRoom roomOf(
            String job, long arrival, boolean packets, BooleanSupplier stopped, Runnable beforeWaiting) {
        return new ChunkRoom() {
            @Override
            public @Nullable Reservation tryReserve(long bytes) {
                return DecodeAheadLimiter.this.tryReserve(job, arrival, packets, bytes) ? reservation(bytes) : null;
            }

            @Override
            public Reservation reserve(long bytes) throws InterruptedException {
                beforeWaiting.run();
                DecodeAheadLimiter.this.reserve(job, arrival, packets, bytes, stopped);
                return reservation(bytes);
            }

            private Reservation reservation(long bytes) {
                AtomicBoolean open = new AtomicBoolean(true);
                return () -> {
                    if (open.compareAndSet(true, false)) {
                        release(job, bytes);
                    }
                };
            }
        };
    }

    /**
     * Reserves memory for a chunk. Waits until there is enough.
     *
     * @throws InterruptedException when interrupted, or when {@code stopped} is true
     */
    void reserve(String job, long arrival, boolean packets, long bytes, BooleanSupplier stopped)
            throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped.getAsBoolean() && !fits(job, arrival, packets, bytes)) {
                waiting.add(waiter(job, arrival));
                changed.await();
            }
            if (stopped.getAsBoolean()) {
                throw new InterruptedException("the job has ended");
            }
            held.merge(job, bytes, Long::sum);
        } finally {
            if (waiting.removeIf(w -> w.job().equals(job))) {
                changed.signalAll();
            }
            lock.unlock();
        }
    }

    /** Reserves memory for a chunk if there is enough now. */
    boolean tryReserve(String job, long arrival, boolean packets, long bytes) {
        lock.lock();
        try {
            boolean fits = fits(job, arrival, packets, bytes);
            if (fits) {
                held.merge(job, bytes, Long::sum);
            }
            return fits;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(String job, long arrival, boolean packets, long bytes) {
        long own = held.getOrDefault(job, 0L);
        if (own == 0) {
            return true;
        }
        long half = bound / 2;
        long share = half / shares;
        long withinShares = Math.min(own + bytes, share);
        long beyond = Math.max(0, own + bytes - share);
        for (Map.Entry<String, Long> e : held.entrySet()) {
            if (!e.getKey().equals(job)) {
                withinShares += Math.min(e.getValue(), share);
                beyond += Math.max(0, e.getValue() - share);
            }
        }
        boolean fitsShare = packets
                ? own + bytes <= half / Math.max(shares, held.size()) && withinShares <= half
                : own + bytes <= share;
        if (fitsShare) {
            return true;
        }
        boolean first = waiting.isEmpty() || waiting.first().compareTo(waiter(job, arrival)) >= 0;
        return first && beyond + Math.max(0, withinShares - half) <= bound - half;
    }

    /** Adds the bytes of a chunk that is on the broker, whether they fit or not. */
    void add(String job, long bytes) {
        lock.lock();
        try {
            held.merge(job, bytes, Long::sum);
        } finally {
            lock.unlock();
        }
    }

    /** Releases bytes of a job. */
    void release(String job, long bytes) {
        lock.lock();
        try {
            held.computeIfPresent(job, (j, old) -> old <= bytes ? null : old - bytes);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Releases all bytes of a job, and wakes its decoder if it waits so that it sees whether it is stopped. */
    void releaseAll(String job) {
        release(job, Long.MAX_VALUE);
    }

    /** Bytes held by all jobs together. */
    long held() {
        lock.lock();
        try {
            return held.values().stream().mapToLong(Long::longValue).sum();
        } finally {
            lock.unlock();
        }
    }
}
