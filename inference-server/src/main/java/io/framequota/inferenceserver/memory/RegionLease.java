package io.framequota.inferenceserver.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A borrowed part of a shared memory region. Its bytes are copied in and out by the kernel and never mapped: whoever shares
 * the memory may cut it short at any time, and a copy then fails where a mapping would end the process. Closing it twice is
 * harmless.
 */
public final class RegionLease implements AutoCloseable {
    private final RegisteredRegion region;
    private final long offset;
    private final int byteSize;
    private final AtomicBoolean closed = new AtomicBoolean();

    RegionLease(RegisteredRegion region, long offset, int byteSize) {
        this.region = region;
        this.offset = offset;
        this.byteSize = byteSize;
    }

    /** Bytes that were borrowed. */
    public int byteSize() {
        return byteSize;
    }

    /**
     * Copies the whole part out.
     *
     * @param to as many bytes from its position on; its position stays
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the memory is no longer there
     */
    public void read(ByteBuffer to) {
        region.read(offset, to.slice(to.position(), byteSize));
    }

    /**
     * Copies bytes to the beginning of the part.
     *
     * @param from what remains of it, at most {@link #byteSize()}; its position stays
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the memory is no longer there
     */
    public void write(ByteBuffer from) {
        if (from.remaining() > byteSize) {
            throw new IllegalArgumentException(from.remaining() + " bytes for a part of " + byteSize);
        }
        region.write(offset, from.slice());
    }

    @Override
    public void close() {
        if (closed.compareAndSet(false, true)) {
            region.giveBack();
        }
    }
}
