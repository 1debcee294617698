package io.framequota.scheduler.placement;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BinaryOperator;

/**
 * Amounts of resources that a node has or a pod requests, by resource name: CPU in millicores, everything else in whole units
 * (bytes, compute shares, devices, pods). A resource without an entry has the amount 0.
 *
 * @param amounts by resource name, none below 0
 */
public record ResourceList(SortedMap<String, Long> amounts) {
    public static final String CPU = "cpu";
    public static final String MEMORY = "memory";
    /** The most pods that a node runs; every pod requests one. */
    public static final String PODS = "pods";

    public static final ResourceList NONE = new ResourceList(new TreeMap<>());

    public ResourceList {
        amounts.forEach((name, amount) -> {
            if (amount < 0) {
                throw new IllegalArgumentException(name + " is below 0: " + amount);
            }
        });
        amounts = Collections.unmodifiableSortedMap(new TreeMap<>(amounts));
    }

    public static ResourceList of(Map<String, Long> amounts) {
        return new ResourceList(new TreeMap<>(amounts));
    }

    public long get(String name) {
        return amounts.getOrDefault(name, 0L);
    }

    /** The sums of both; they saturate at {@link Long#MAX_VALUE}. */
    public ResourceList plus(ResourceList other) {
        return merged(other, ResourceList::sum);
    }

    /** The larger amount of each resource. */
    public ResourceList max(ResourceList other) {
        return merged(other, Math::max);
    }

    /** This list with one amount replaced. */
    public ResourceList with(String name, long amount) {
        SortedMap<String, Long> changed = new TreeMap<>(amounts);
        changed.put(name, amount);
        return new ResourceList(changed);
    }

    private ResourceList merged(ResourceList other, BinaryOperator<Long> how) {
        SortedMap<String, Long> both = new TreeMap<>(amounts);
        other.amounts.forEach((name, amount) -> both.merge(name, amount, how));
        return new ResourceList(both);
    }

    private static long sum(long a, long b) {
        long sum = a + b;
        return sum < 0 ? Long.MAX_VALUE : sum;
    }
}
