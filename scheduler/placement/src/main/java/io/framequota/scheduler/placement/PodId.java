package io.framequota.scheduler.placement;

import java.util.Comparator;

/**
 * Identifies a pod.
 *
 * @param uid distinguishes a pod from a later one of the same name
 */
public record PodId(String namespace, String name, String uid) implements Comparable<PodId> {
    private static final Comparator<PodId> ORDER =
            Comparator.comparing(PodId::namespace).thenComparing(PodId::name).thenComparing(PodId::uid);

    @Override
    public int compareTo(PodId other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return namespace + "/" + name;
    }
}
