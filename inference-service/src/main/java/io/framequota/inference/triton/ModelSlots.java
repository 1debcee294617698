package io.framequota.inference.triton;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The slots of one model. Guarded by the pool. */
final class ModelSlots {
    private final Optional<OwnedRegion> region;
    private final Deque<SlotMemory> free = new ArrayDeque<>();
    private int out;

    ModelSlots(Optional<OwnedRegion> region, SlotLayout layout, int count) {
        this.region = region;
        region.ifPresent(r -> {
            for (int i = 0; i < count; i++) {
                free.add(new SlotMemory.Shared(r, i * layout.bytes(), layout));
            }
        });
    }

    Optional<OwnedRegion> region() {
        return region;
    }

    /** Whether the server no longer has its region. */
    boolean lost() {
        return region.map(OwnedRegion::lost).orElse(false);
    }

    /** Whether no slot is out. */
    boolean idle() {
        return out == 0;
    }

    SlotMemory take(long inputBytes) {
        out++;
        SlotMemory slot = free.pollFirst();
        if (slot != null && slot.input().byteSize() >= inputBytes) {
            return slot;
        }
        if (slot instanceof SlotMemory.Shared) {
            free.addLast(slot);
        }
        return new SlotMemory.Own(MemorySegment.ofArray(new byte[Math.toIntExact(inputBytes)]));
    }

    void put(SlotMemory slot) {
        out--;
        boolean ofRegion = slot instanceof SlotMemory.Shared;
        if (ofRegion == region.isPresent()) {
            // The slot used last is the one most likely in the CPU cache.
            free.addFirst(slot);
        }
    }

    /** Forgets one slot that is out: it does not come back. */
    void lose() {
        out--;
    }
}
