package io.framequota.scheduler.experiment.kubernetes;

import java.util.Optional;

/**
 * Where and of what pods are made.
 *
 * @param namespace that is there already; a fresh one without
 * @param image that has {@code java} on its path and {@code /app/fq.jar}
 */
public record Place(Optional<String> namespace, String image) {}
