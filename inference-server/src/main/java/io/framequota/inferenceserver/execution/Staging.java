package io.framequota.inferenceserver.execution;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Direct memory of one thread in which a request's bytes are laid out for the model, used again by its next request. It grows
 * to the largest request that is kept, and what a larger one needs goes with that request.
 */
public final class Staging {
    private static final int ALIGNMENT = 64;
    private static final int MOST_KEPT = 32 << 20;

    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private int used;

    /** Forgets what was staged. */
    void reset() {
        used = 0;
    }

    /** So many bytes, direct, aligned for any element, in native byte order; valid until the request is done. */
    public ByteBuffer take(int bytes) {
        if (bytes > MOST_KEPT - used) {
            return ByteBuffer.allocateDirect(bytes).order(ByteOrder.nativeOrder());
        }
        if (bytes > memory.capacity() - used) {
            // What was handed out before stays valid: its slices keep the old memory alive.
            memory = aligned(Math.max(bytes, Math.min(MOST_KEPT, 2 * memory.capacity())));
            used = 0;
        }
        ByteBuffer part = memory.slice(used, bytes).order(ByteOrder.nativeOrder());
        used = Math.min(memory.capacity(), (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        return part;
    }

    private static ByteBuffer aligned(int bytes) {
        // An aligned slice begins and ends at multiples of the alignment.
        return ByteBuffer.allocateDirect(bytes + 2 * ALIGNMENT).alignedSlice(ALIGNMENT);
    }
}
