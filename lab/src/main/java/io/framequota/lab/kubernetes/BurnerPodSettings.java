package io.framequota.lab.kubernetes;

import java.util.Optional;

/**
 * Settings of burner pods.
 *
 * @param namespace existing namespace; empty for a new one
 * @param image image with {@code java} on its path and {@code /app/fq.jar}
 * @param pullPolicy when a node pulls the image: Always, IfNotPresent or Never
 * @param serviceAccount service account with the pull secrets; empty for the namespace's default
 */
public record BurnerPodSettings(
        Optional<String> namespace, String image, String pullPolicy, Optional<String> serviceAccount) {}
