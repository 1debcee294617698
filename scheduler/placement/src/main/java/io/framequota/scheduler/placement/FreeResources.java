package io.framequota.scheduler.placement;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What is left on one node while a placement is made. For one thread. */
final class FreeResources {
    private final NodeState node;
    private final Map<String, Long> free;

    FreeResources(NodeState node) {
        this.node = node;
        this.free = new HashMap<>(node.allocatable().amounts());
    }

    NodeState node() {
        return node;
    }

    /** The first resource of which there is too little, null when all fits. What is not asked for is not looked at. */
    @Nullable
    String shortOf(ResourceList requests) {
        for (Map.Entry<String, Long> asked : requests.amounts().entrySet()) {
            if (asked.getValue() > 0 && asked.getValue() > free.getOrDefault(asked.getKey(), 0L)) {
                return asked.getKey();
            }
        }
        return null;
    }

    /** Takes what a pod asks for, also when it is not there: others may have overcommitted the node. */
    void take(ResourceList requests) {
        requests.amounts().forEach((name, amount) -> free.merge(name, -amount, FreeResources::sum));
    }

    void giveBack(ResourceList requests) {
        requests.amounts().forEach((name, amount) -> free.merge(name, amount, FreeResources::sum));
    }

    /** Of what these requests name, the mean fraction of the node that would be left; smaller is a better fit. */
    double leftAfter(ResourceList requests) {
        double sum = 0;
        int count = 0;
        for (Map.Entry<String, Long> asked : requests.amounts().entrySet()) {
            long whole = node.allocatable().get(asked.getKey());
            if (asked.getKey().equals(ResourceList.PODS) || asked.getValue() == 0 || whole == 0) {
                continue;
            }
            sum += (double) (free.getOrDefault(asked.getKey(), 0L) - asked.getValue()) / whole;
            count++;
        }
        return count == 0 ? 0 : sum / count;
    }

    private static long sum(long a, long b) {
        long sum = a + b;
        // An overflow has a sign that neither summand has: stay at the bound.
        return ((a ^ sum) & (b ^ sum)) < 0 ? (a < 0 ? Long.MIN_VALUE : Long.MAX_VALUE) : sum;
    }
}
