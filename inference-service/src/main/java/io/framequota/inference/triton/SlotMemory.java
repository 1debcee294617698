package io.framequota.inference.triton;

import java.lang.foreign.MemorySegment;

/** The memory of one slot. */
sealed interface SlotMemory {
    /** Memory for the picture. */
    MemorySegment input();

    /** A part of a region that the server reads and writes. */
    record Shared(OwnedRegion region, long offset, SlotLayout layout) implements SlotMemory {
        @Override
        public MemorySegment input() {
            return region.memory().asSlice(offset, layout.inputBytes());
        }
    }

    /** Memory of this process; the picture is sent in the request. */
    record Own(MemorySegment input) implements SlotMemory {}
}
