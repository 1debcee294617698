package io.framequota.scheduler.placement;

/**
 * Pods of one namespace that start together or not at all.
 *
 * @param size how many pods must exist before any is placed, at least 1; the size on the most recently created waiting pods
 *     applies to all
 */
public record PodGang(String name, int size) {
    public PodGang {
        if (size < 1) {
            throw new IllegalArgumentException("gang " + name + ": a size below 1: " + size);
        }
    }
}
