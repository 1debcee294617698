package io.framequota.inference.live;

import io.framequota.contract.control.LivePacket;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Iterator;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The packets of a stream that wait to be decoded. When it is full, or the first packet has waited too long, it goes on at a later key
 * picture and leaves out what is before it. One thread takes; any thread may add.
 */
final class PacketQueue {
    static final int MOST_PACKETS = 1024;
    static final long MOST_BYTES = 8 << 20;

    /**
     * A packet.
     *
     * @param behindLoss whether packets before it were left out
     */
    record Next(LivePacket packet, boolean behindLoss) {}

    private record Waiting(LivePacket packet, long sinceNanos) {}

    private final ArrayDeque<Waiting> packets = new ArrayDeque<>();
    private final ByteBudget budget;
    private final long mostWaitNanos;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition added = lock.newCondition();
    private long bytes;
    private boolean closed;
    /** Whether packets are left out until the next key picture. */
    private boolean skipping;
    /** Whether the next packet that is taken follows packets that were left out. */
    private boolean lost;

    /**
     * @param budget of all streams' packets
     * @param mostWait how long a packet waits while there is a later key picture
     */
    PacketQueue(ByteBudget budget, Duration mostWait) {
        this.budget = budget;
        mostWaitNanos = mostWait.toNanos();
    }

    /** Adds a packet, or leaves it out. */
    void add(LivePacket packet, long nanos) {
        lock.lock();
        try {
            int size = packet.getSerializedSize();
            if (!packets.isEmpty()
                    && (packets.size() >= MOST_PACKETS || bytes + size > MOST_BYTES || budget.exceededBy(size))) {
                clear();
                skipping = true;
                lost = true;
            }
            if (closed || skipping && !JoinPoint.begins(packet)) {
                return;
            }
            skipping = false;
            packets.add(new Waiting(packet, nanos));
            count(size);
            added.signal();
        } finally {
            lock.unlock();
        }
    }

    private void clear() {
        packets.clear();
        count(-bytes);
    }

    private void count(long more) {
        bytes += more;
        budget.add(more);
    }

    /** Forgets all packets. */
    void close() {
        lock.lock();
        try {
            clear();
            closed = true;
        } finally {
            lock.unlock();
        }
    }

    /** Removes the next packet to decode; waits while there is none. */
    Next take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (packets.isEmpty()) {
                added.await();
            }
            skipLate(System.nanoTime());
            LivePacket packet = packets.removeFirst().packet();
            count(-packet.getSerializedSize());
            boolean behindLoss = lost;
            lost = false;
            return new Next(packet, behindLoss);
        } finally {
            lock.unlock();
        }
    }

    private void skipLate(long now) {
        if (now - packets.getFirst().sinceNanos() < mostWaitNanos) {
            return;
        }
        int skip = 0;
        int at = 0;
        for (Iterator<Waiting> i = packets.iterator(); i.hasNext(); at++) {
            if (JoinPoint.begins(i.next().packet())) {
                skip = at;
            }
        }
        for (int i = 0; i < skip; i++) {
            count(-packets.removeFirst().packet().getSerializedSize());
            lost = true;
        }
    }
}
