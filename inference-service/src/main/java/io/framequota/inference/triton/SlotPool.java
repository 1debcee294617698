package io.framequota.inference.triton;

import io.framequota.inference.model.ModelSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Slots by model. The slots of a model lie in one region, which is created when the model is first used. At most {@value
 * OwnedRegions#MOST_REGIONS} models have a region, and a region has at most {@value #REGION_BYTES} bytes. Without shared
 * memory, slots are on the heap. The caller bounds the number of slots that are out.
 */
final class SlotPool {
    private static final long REGION_BYTES = 64L * 1024 * 1024;

    /** A slot that is out, with the model's slots to which it returns. */
    record Lent(ModelSlots slots, SlotMemory memory) {}

    private final OwnedRegions memory;
    /** In order of use: the first idle entry is given up. */
    private final Map<ModelSpec, ModelSlots> byModel = new LinkedHashMap<>(8, 0.75f, true);
    /** Slots that were replaced after one of them or their region was lost. Their region is removed when the last slot is back. */
    private final Set<ModelSlots> retired = new HashSet<>();

    /** Whether a model whose region was lost got no new one. */
    private boolean regionMissing;

    SlotPool(OwnedRegions memory) {
        this.memory = memory;
    }

    /** A slot for one picture. At most {@code count} slots of a model are out. */
    synchronized Lent take(ModelSpec model, long inputBytes, int count) {
        ModelSlots slots = byModel.get(model);
        boolean lost = slots != null && slots.lost();
        if (slots != null && lost) {
            byModel.remove(model);
            retired.add(slots);
            removeWhenRetired(slots);
        }
        if (slots == null || lost) {
            removeIdleSlots();
            slots = create(model, count);
            byModel.put(model, slots);
            regionMissing |= lost && slots.region().isEmpty();
        }
        return new Lent(slots, slots.take(inputBytes));
    }

    /** Returns a slot. */
    synchronized void put(Lent lent) {
        lent.slots().put(lent.memory());
        removeWhenRetired(lent.slots());
    }

    /**
     * Returns a slot to which the server may still write. Its region is given up as a whole, and the model's next slots lie in
     * a new one.
     */
    synchronized void abandon(Lent lent) {
        lent.slots().lose();
        if (lent.memory() instanceof SlotMemory.Shared && byModel.values().remove(lent.slots())) {
            retired.add(lent.slots());
        }
        removeWhenRetired(lent.slots());
    }

    /** The server has connected: models without a region try to get one at their next slot. */
    synchronized void serverConnected() {
        byModel.values().removeIf(s -> s.region().isEmpty());
    }

    /** Called regularly: models that lost their region and got no new one try again at their next slot. */
    synchronized void retryMissingRegions() {
        if (regionMissing) {
            regionMissing = false;
            serverConnected();
        }
    }

    synchronized void close() {
        retired.addAll(byModel.values());
        byModel.clear();
        retired.forEach(s -> s.region().ifPresent(memory::remove));
        retired.clear();
    }

    private ModelSlots create(ModelSpec model, int count) {
        SlotLayout layout = SlotLayout.of(model);
        Optional<OwnedRegion> region = Optional.empty();
        if (memory.usable() && layout.bytes() * count <= REGION_BYTES) {
            region = memory.create(layout.bytes() * count);
        }
        return new ModelSlots(region, layout, count);
    }

    private void removeWhenRetired(ModelSlots slots) {
        if (slots.idle() && retired.remove(slots)) {
            slots.region().ifPresent(memory::remove);
        }
    }

    private void removeIdleSlots() {
        if (byModel.size() + retired.size() < OwnedRegions.MOST_REGIONS) {
            return;
        }
        for (Map.Entry<ModelSpec, ModelSlots> entry : byModel.entrySet()) {
            if (entry.getValue().idle()) {
                entry.getValue().region().ifPresent(memory::remove);
                byModel.remove(entry.getKey());
                return;
            }
        }
    }
}
