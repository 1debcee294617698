package io.framequota.inference.triton;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Optional;

/** The slots of one model. Guarded by its pool. */
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

    /** Whether the server has its region no longer. */
    boolean lost() {
        return region.map(OwnedRegion::lost).orElse(false);
    }

    /** Nothing of it is in use by us. */
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
            // The one used last is the one still in the processor's cache.
            free.addFirst(slot);
        }
    }

    /** One does not come back. */
    void lose() {
        out--;
    }
}
