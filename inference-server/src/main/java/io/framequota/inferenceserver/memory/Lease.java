package io.framequota.inferenceserver.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/** A borrowed part of a shared memory region, direct and in native byte order. Closing it twice is harmless. */
public final class Lease implements AutoCloseable {
    private final ByteBuffer memory;
    private final Runnable giveBack;
    private final AtomicBoolean closed = new AtomicBoolean();

    Lease(ByteBuffer memory, Runnable giveBack) {
        this.memory = memory;
        this.giveBack = giveBack;
    }

    /** The memory; not to be touched after {@link #close()}. */
    public ByteBuffer memory() {
        return memory;
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            giveBack.run();
        }
    }
}
