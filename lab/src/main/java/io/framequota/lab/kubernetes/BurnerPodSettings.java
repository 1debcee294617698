package io.framequota.lab.kubernetes;

import java.util.Optional;

/**
 * Where and of what pods are made.
 *
 * @param namespace that is there already; a fresh one without
 * @param image that has {@code java} on its path and {@code /app/fq.jar}
 * @param pullPolicy when a node pulls the image: Always, IfNotPresent or Never
 * @param serviceAccount whose pull secrets count; the namespace's default one without
 */
public record BurnerPodSettings(
        Optional<String> namespace, String image, String pullPolicy, Optional<String> serviceAccount) {}
