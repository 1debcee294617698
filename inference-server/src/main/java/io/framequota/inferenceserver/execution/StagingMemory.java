package io.framequota.inferenceserver.execution;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Native memory of one thread. It holds a request's tensors for the model and is used again by the thread's next request. It
 * grows up to a limit; {@link #reset} frees what a larger request needed.
 *
 * <p>It owns the memory that it hands out. Native code gets an address, which keeps no buffer alive: memory owned by a
 * garbage-collected buffer could be freed while the model still reads it.
 */
public final class StagingMemory implements AutoCloseable {
    private static final int ALIGNMENT = 64;
    private static final int MOST_KEPT = 32 << 20;

    private Arena keeper = Arena.ofConfined();
    private MemorySegment kept = MemorySegment.NULL;
    private long used;
    /** Memory for this request only: too large to keep, or replaced while parts of it were in use. */
    private final List<Arena> passing = new ArrayList<>();

    /** Ends the request: all memory handed out becomes invalid. */
    void reset() {
        used = 0;
        passing.forEach(Arena::close);
        passing.clear();
    }

    /** Direct memory in native byte order, aligned for every element type. Valid until {@link #reset}, for this thread only. */
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

    /** Frees everything. The thread that uses this memory calls it at its end. */
    @Override
    public void close() {
        reset();
        keeper.close();
    }
}
