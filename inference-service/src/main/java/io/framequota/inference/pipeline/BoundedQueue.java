package io.framequota.inference.pipeline;

import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.ToLongFunction;

/**
 * A queue bounded in length and in bytes. {@link #put} waits while it is full. An item larger than the byte limit is accepted when
 * the queue is empty. Safe for use by several threads.
 *
 * @param <T> the items
 */
final class BoundedQueue<T> {
    private final int maxLength;
    private final long maxBytes;
    private final ToLongFunction<T> size;
    private final ArrayDeque<T> items = new ArrayDeque<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private long bytes;

    /** @param size size of an item in bytes; must not change while the item is queued */
    BoundedQueue(int maxLength, long maxBytes, ToLongFunction<T> size) {
        this.maxLength = maxLength;
        this.maxBytes = maxBytes;
        this.size = size;
    }

    /** Adds an item; waits while the queue is full. */
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

    /** Adds an item if there is room; never waits. */
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

    /** Removes the first item; waits while the queue is empty. */
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
