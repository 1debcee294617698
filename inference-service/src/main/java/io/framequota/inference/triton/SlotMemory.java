package io.framequota.inference.triton;

import java.lang.foreign.MemorySegment;

/** The memory of one slot. */
sealed interface SlotMemory {
    /** Where the picture goes. */
    MemorySegment input();

    /** Part of a region that the server sees. */
    record Shared(OwnedRegion region, long offset, SlotLayout layout) implements SlotMemory {
        @Override
        public MemorySegment input() {
            return region.memory().asSlice(offset, layout.inputBytes());
        }
    }

    /** This process's own; sent in requests. */
    record Own(MemorySegment input) implements SlotMemory {}
}
