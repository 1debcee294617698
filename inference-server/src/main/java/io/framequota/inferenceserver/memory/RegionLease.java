package io.framequota.inferenceserver.memory;

import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A borrowed part of a shared memory region. The kernel copies its bytes in and out; they are never mapped, because the owner
 * may shorten the memory at any time: a copy fails then, a mapping would kill the process. Closing is idempotent.
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

    /** Size of the part. */
    public int byteSize() {
        return byteSize;
    }

    /**
     * Copies the whole part out.
     *
     * @param to has at least as many bytes from its position on; the position does not change
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the memory is gone
     */
    public void read(ByteBuffer to) {
        region.read(offset, to.slice(to.position(), byteSize));
    }

    /**
     * Copies bytes to the start of the part.
     *
     * @param from its remaining bytes, at most {@link #byteSize()}; the position does not change
     * @throws io.framequota.inferenceserver.refusal.RefusedException when the memory is gone
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
