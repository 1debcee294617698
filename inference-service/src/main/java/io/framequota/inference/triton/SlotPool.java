package io.framequota.inference.triton;

import io.framequota.inference.model.ModelSpec;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Slots by model. A model's slots lie in one region, made when the model is first used; at most
 * {@value OwnedRegions#MOST_REGIONS} models keep theirs, and a region has at most {@value #REGION_BYTES} bytes. Without shared
 * memory slots are on the heap. The caller bounds how many are out.
 */
final class SlotPool {
    private static final long REGION_BYTES = 64L * 1024 * 1024;

    /** Memory and where it goes back to. */
    record Lent(ModelSlots group, SlotMemory memory) {}

    private final OwnedRegions memory;
    /** In order of use, so that the first idle one is the one to give up. */
    private final Map<ModelSpec, ModelSlots> groups = new LinkedHashMap<>(8, 0.75f, true);
    /** Those that lost a slot or their region: another has taken their place, and their regions go when the last slot is back. */
    private final Set<ModelSlots> retired = new HashSet<>();

    /** A model whose region was lost got no other. */
    private boolean wanting;

    SlotPool(OwnedRegions memory) {
        this.memory = memory;
    }

    /** Memory for one picture of a model; never more than {@code count} of a model are out. */
    synchronized Lent take(ModelSpec model, long inputBytes, int count) {
        ModelSlots group = groups.get(model);
        boolean lost = group != null && group.lost();
        if (group != null && lost) {
            groups.remove(model);
            retired.add(group);
            removeWhenRetired(group);
        }
        if (group == null || lost) {
            giveUpIdle();
            group = create(model, count);
            groups.put(model, group);
            wanting |= lost && group.region().isEmpty();
        }
        return new Lent(group, group.take(inputBytes));
    }

    /** Takes memory back. */
    synchronized void put(Lent lent) {
        lent.group().put(lent.memory());
        removeWhenRetired(lent.group());
    }

    /**
     * Takes memory back that the server may still write to. It is not used again: its region is given up as a whole, and the
     * model's next slots lie in another one.
     */
    synchronized void abandon(Lent lent) {
        lent.group().lose();
        if (lent.memory() instanceof SlotMemory.Shared && groups.values().remove(lent.group())) {
            retired.add(lent.group());
        }
        removeWhenRetired(lent.group());
    }

    /** The server has come (back): models that got no region are given one with their next slot, if that is possible now. */
    synchronized void serverCame() {
        groups.values().removeIf(g -> g.region().isEmpty());
    }

    /** Now and then: models that lost their region and got no other are given one with their next slot, if that is possible. */
    synchronized void tryAgain() {
        if (wanting) {
            wanting = false;
            serverCame();
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

    private void giveUpIdle() {
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
