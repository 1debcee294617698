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

    /** A slot that is out, with the group to which it returns. */
    record Lent(ModelSlots group, SlotMemory memory) {}

    private final OwnedRegions memory;
    /** In order of use: the first idle group is the one to give up. */
    private final Map<ModelSpec, ModelSlots> groups = new LinkedHashMap<>(8, 0.75f, true);
    /** Groups that lost a slot or their region and were replaced. Their regions are removed when the last slot is back. */
    private final Set<ModelSlots> retired = new HashSet<>();

    /** Whether a model whose region was lost got no new one. */
    private boolean regionMissing;

    SlotPool(OwnedRegions memory) {
        this.memory = memory;
    }

    /** A slot for one picture. At most {@code count} slots of a model are out. */
    synchronized Lent take(ModelSpec model, long inputBytes, int count) {
        ModelSlots group = groups.get(model);
        boolean lost = group != null && group.lost();
        if (group != null && lost) {
            groups.remove(model);
            retired.add(group);
            removeWhenRetired(group);
        }
        if (group == null || lost) {
            removeOneIdleGroup();
            group = create(model, count);
            groups.put(model, group);
            regionMissing |= lost && group.region().isEmpty();
        }
        return new Lent(group, group.take(inputBytes));
    }

    /** Returns a slot. */
    synchronized void put(Lent lent) {
        lent.group().put(lent.memory());
        removeWhenRetired(lent.group());
    }

    /**
     * Returns a slot to which the server may still write. Its region is given up as a whole, and the model's next slots lie in
     * a new one.
     */
    synchronized void abandon(Lent lent) {
        lent.group().lose();
        if (lent.memory() instanceof SlotMemory.Shared && groups.values().remove(lent.group())) {
            retired.add(lent.group());
        }
        removeWhenRetired(lent.group());
    }

    /** The server has connected: models without a region try to get one at their next slot. */
    synchronized void serverConnected() {
        groups.values().removeIf(g -> g.region().isEmpty());
    }

    /** Called regularly: models that lost their region and got no new one try again at their next slot. */
    synchronized void retryMissingRegions() {
        if (regionMissing) {
            regionMissing = false;
            serverConnected();
        }
    }

    synchronized void close() {
        retired.addAll(groups.values());
        groups.clear();
        retired.forEach(g -> g.region().ifPresent(memory::remove));
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

    private void removeWhenRetired(ModelSlots group) {
        if (group.idle() && retired.remove(group)) {
            group.region().ifPresent(memory::remove);
        }
    }

    private void removeOneIdleGroup() {
        if (groups.size() + retired.size() < OwnedRegions.MOST_REGIONS) {
            return;
        }
        for (Map.Entry<ModelSpec, ModelSlots> entry : groups.entrySet()) {
            if (entry.getValue().idle()) {
                entry.getValue().region().ifPresent(memory::remove);
                groups.remove(entry.getKey());
                return;
            }
        }
    }
}
