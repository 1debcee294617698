package io.framequota.inferenceserver.execution;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory of one thread in which a request's bytes are laid out for the model, used again by its next request. It grows
 * to the largest request that is kept; what a larger one needs is given back with {@link #reset}.
 *
 * <p>It owns what it hands out: native code is given an address and keeps no buffer alive, so memory that lasts as long as
 * somebody refers to its buffer may go while a model still reads it.
 */
public final class StagingMemory implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final int MOST_KEPT = 32 << 20;

    private Arena keeper = Arena.ofConfined();
    private MemorySegment kept = MemorySegment.NULL;
    private long used;
    /** Of memory for this request only: too large to keep, or outgrown while parts of it were handed out. */
    private final List<Arena> passing = new ArrayList<>();

    /** The request is done: everything that was handed out is invalid from now on. */
    void reset() {
        used = 0;
        passing.forEach(Arena::close);
        passing.clear();
    }

    /** So many bytes, direct, aligned for any element, in native byte order; valid until {@link #reset}, on this thread. */
    public ByteBuffer take(int bytes) {
        return part(bytes).asByteBuffer().order(ByteOrder.nativeOrder());
    }

    private MemorySegment part(int bytes) {
        if (bytes > MOST_KEPT - used) {
            Arena arena = Arena.ofConfined();
            passing.add(arena);
            return arena.allocate(bytes, ALIGNMENT);
        }
        if (bytes > kept.byteSize() - used) {
            passing.add(keeper);
            keeper = Arena.ofConfined();
            kept = keeper.allocate(Math.max(bytes, Math.min(MOST_KEPT, 2 * kept.byteSize())), ALIGNMENT);
            used = 0;
        }
        MemorySegment part = kept.asSlice(used, bytes);
        used = Math.min(kept.byteSize(), (used + bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT);
        return part;
    }

    /** Gives everything back; called by its thread when it ends. */
    @Override
    public void close() {
        reset();
        keeper.close();
    }
}
