package io.framequota.inference.pipeline;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * A queue bounded in length and bytes. When full, putting waits. An item larger than the byte limit passes alone.
 *
 * @param <T> of the items
 */
final class BoundedQueue<T> {
    private final int maxLength;
    private final long maxBytes;
    private final ToLongFunction<T> size;
    private final ArrayDeque<T> items = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long bytes;

    /** @param size of an item in bytes; the same whenever it is asked */
    BoundedQueue(int maxLength, long maxBytes, ToLongFunction<T> size) {
        this.maxLength = maxLength;
        this.maxBytes = maxBytes;
        this.size = size;
    }

    /** Waits for room and puts an item. */
    void put(T item) throws InterruptedException {
        long more = size.applyAsLong(item);
        lock.lockInterruptibly();
        try {
            while (!hasRoom(more)) {
                changed.await();
            }
            add(item, more);
        } finally {
            lock.unlock();
        }
    }

    /** Puts an item if there is room; never waits. */
    boolean offer(T item) {
        long more = size.applyAsLong(item);
        lock.lock();
        try {
            if (!hasRoom(more)) {
                return false;
            }
            add(item, more);
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for an item and takes it. */
    T take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            T item;
            while ((item = items.pollFirst()) == null) {
                changed.await();
            }
            bytes -= size.applyAsLong(item);
            changed.signalAll();
            return item;
        } finally {
            lock.unlock();
        }
    }

    int length() {
        lock.lock();
        try {
            return items.size();
        } finally {
            lock.unlock();
        }
    }

    long bytes() {
        lock.lock();
        try {
            return bytes;
        } finally {
            lock.unlock();
        }
    }

    private boolean hasRoom(long more) {
        return items.isEmpty() || (items.size() < maxLength && bytes + more <= maxBytes);
    }

    private void add(T item, long more) {
        items.addLast(item);
        bytes += more;
        changed.signalAll();
    }
}
