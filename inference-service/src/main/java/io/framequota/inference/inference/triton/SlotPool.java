package io.framequota.inference.inference.triton;

import io.framequota.inference.model.ModelSpec;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Slots by model. A model's slots lie in one region, made when the model is first used; at most {@value #MODELS} models keep
 * theirs, and a region has at most {@value #REGION_BYTES} bytes. Without shared memory slots are on the heap. The caller
 * bounds how many are out.
 */
final class SlotPool {
    private static final int MODELS = 4;
    private static final long REGION_BYTES = 64L * 1024 * 1024;

    private final SharedMemory memory;
    /** In order of use, so that the first idle one is the one to give up. */
    private final Map<ModelSpec, SlotGroup> groups = new LinkedHashMap<>(8, 0.75f, true);

    SlotPool(SharedMemory memory) {
        this.memory = memory;
    }

    /** Memory for one picture of a model; never more than {@code count} of a model are out. */
    synchronized SlotMemory take(ModelSpec model, long inputBytes, int count) {
        SlotGroup group = groups.get(model);
        if (group == null) {
            giveUpIdle();
            group = create(model, count);
            groups.put(model, group);
        }
        return group.take(inputBytes);
    }

    /** Takes memory back. */
    synchronized void put(ModelSpec model, SlotMemory slot) {
        SlotGroup group = groups.get(model);
        if (group != null) {
            group.put(slot);
        }
    }

    /**
     * Takes memory back that the server may still write to. It is not used again; its region goes with the worker.
     */
    synchronized void abandon(ModelSpec model) {
        SlotGroup group = groups.get(model);
        if (group != null) {
            group.lose();
        }
    }

    synchronized void close() {
        groups.values().forEach(g -> g.region().ifPresent(memory::remove));
        groups.clear();
    }

    private SlotGroup create(ModelSpec model, int count) {
        SlotLayout layout = SlotLayout.of(model);
        Optional<Region> region = Optional.empty();
        if (memory.usable() && layout.bytes() * count <= REGION_BYTES) {
            region = memory.create(layout.bytes() * count);
        }
        return new SlotGroup(region, layout, count);
    }

    private void giveUpIdle() {
        if (groups.size() < MODELS) {
            return;
        }
        for (Map.Entry<ModelSpec, SlotGroup> entry : groups.entrySet()) {
            if (entry.getValue().idle()) {
                entry.getValue().region().ifPresent(memory::remove);
                groups.remove(entry.getKey());
                return;
            }
        }
    }
}
