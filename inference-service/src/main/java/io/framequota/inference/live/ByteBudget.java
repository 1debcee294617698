package io.framequota.inference.live;

import java.util.concurrent.atomic.AtomicLong;

/** Bytes that all streams of a worker may keep of one kind together. Safe for use by several threads. */
final class ByteBudget {
    private final long most;
    private final AtomicLong used = new AtomicLong();

    ByteBudget(long most) {
        this.most = most;
    }

    /** Whether so many more bytes would be too many. */
    boolean exceededBy(long more) {
        return used.get() + more > most;
    }

    /** Whether more than half is in use. */
    boolean isTight() {
        return used.get() > most / 2;
    }

    boolean isEmpty() {
        return used.get() == 0;
    }

    /** Counts bytes that are kept, or, below 0, that are not kept any more. */
    void add(long bytes) {
        used.addAndGet(bytes);
    }
}
