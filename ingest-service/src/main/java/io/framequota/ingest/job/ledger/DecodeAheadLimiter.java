package io.framequota.ingest.job.ledger;

import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
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
 * Bounds the bytes of frames that are written, or being written, and have no result yet.
 *
 * <p>Half of the bound is dealt out in equal shares, one per job that may be decoded at once; the other half goes to whoever
 * comes first in the policy's order, or came first where the policy says nothing. So the head has the most, and a policy that
 * turns to another job finds some of its chunks ready.
 * A job without any open chunk may always write one: the bytes held stay below the bound plus one chunk per decoded job.
 */
public final class DecodeAheadLimiter {
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition room = lock.newCondition();
    private final Map<String, Long> held = new HashMap<>();
    private Map<String, Integer> places = Map.of();
    private final TreeSet<Waiting> waiting = new TreeSet<>();
    private final long share;
    private final long pool;

    /** Who waits for room, those that come first ahead. */
    private record Waiting(int place, long arrival, String job) implements Comparable<Waiting> {
        @Override
        public int compareTo(Waiting other) {
            return Comparator.comparingInt(Waiting::place)
                    .thenComparingLong(Waiting::arrival)
                    .thenComparing(Waiting::job)
                    .compare(this, other);
        }
    }

    /**
     * @param bytes the bound
     * @param jobs decoded at once
     */
    public DecodeAheadLimiter(long bytes, int jobs) {
        this.share = bytes / 2 / jobs;
        this.pool = bytes - share * jobs;
    }

    /** These jobs come first, in this order. */
    public void order(List<String> jobs) {
        lock.lock();
        try {
            Map<String, Integer> next = new HashMap<>();
            jobs.forEach(job -> next.putIfAbsent(job, next.size()));
            places = next;
            List<Waiting> all = List.copyOf(waiting);
            waiting.clear();
            all.forEach(w -> waiting.add(place(w.job(), w.arrival())));
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private Waiting place(String job, long arrival) {
        return new Waiting(places.getOrDefault(job, Integer.MAX_VALUE), arrival, job);
    }

    /**
     * The room of one job, for one thread.
     *
     * @param arrival of the job: jobs without a place in the order go by arrival
     * @param stopped asked while waiting; {@link #release} makes the waiting thread ask
     * @param beforeWaiting runs before a call that may wait
     */
    ChunkRoom roomOf(String job, long arrival, BooleanSupplier stopped, Runnable beforeWaiting) {
        return new ChunkRoom() {
            @Override
            public @Nullable Reservation tryReserve(long bytes) {
                return tryTake(job, arrival, bytes) ? reservation(job, bytes) : null;
            }

            @Override
            public Reservation reserve(long bytes) throws InterruptedException {
                beforeWaiting.run();
                take(job, arrival, bytes, stopped);
                return reservation(job, bytes);
            }
        };
    }

    private Reservation reservation(String job, long bytes) {
        AtomicBoolean closed = new AtomicBoolean();
        return () -> {
            if (closed.compareAndSet(false, true)) {
                adjust(job, -bytes);
            }
        };
    }

    /**
     * Takes room for a chunk, and waits until there is enough.
     *
     * @throws InterruptedException when interrupted, or stopped
     */
    public void take(String job, long arrival, long bytes, BooleanSupplier stopped) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!stopped.getAsBoolean() && !fits(job, arrival, bytes)) {
                waiting.add(place(job, arrival));
                room.await();
            }
            if (stopped.getAsBoolean()) {
                throw new InterruptedException("the job has ended");
            }
            held.merge(job, bytes, Long::sum);
        } finally {
            if (waiting.removeIf(w -> w.job().equals(job))) {
                room.signalAll();
            }
            lock.unlock();
        }
    }

    /** Takes room for a chunk when there is some at once. */
    public boolean tryTake(String job, long arrival, long bytes) {
        lock.lock();
        try {
            boolean fits = fits(job, arrival, bytes);
            if (fits) {
                held.merge(job, bytes, Long::sum);
            }
            return fits;
        } finally {
            lock.unlock();
        }
    }

    private boolean fits(String job, long arrival, long bytes) {
        long own = held.getOrDefault(job, 0L);
        if (own == 0 || own + bytes <= share) {
            return true;
        }
        if (!waiting.isEmpty() && waiting.first().compareTo(place(job, arrival)) < 0) {
            return false;
        }
        long others = 0;
        for (Map.Entry<String, Long> e : held.entrySet()) {
            others += e.getKey().equals(job) ? 0 : Math.max(0, e.getValue() - share);
        }
        return others + Math.max(0, own + bytes - share) <= pool;
    }

    /** Adds to what a job holds, or takes from it when negative. */
    public void adjust(String job, long bytes) {
        lock.lock();
        try {
            held.compute(job, (j, old) -> {
                long now = (old == null ? 0 : old) + bytes;
                return now <= 0 ? null : now;
            });
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The job holds nothing any more; whoever waits for it looks whether it is stopped. */
    public void release(String job) {
        lock.lock();
        try {
            held.remove(job);
            room.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Bytes held by all jobs. */
    public long held() {
        lock.lock();
        try {
            return held.values().stream().mapToLong(Long::longValue).sum();
        } finally {
            lock.unlock();
        }
    }
}
