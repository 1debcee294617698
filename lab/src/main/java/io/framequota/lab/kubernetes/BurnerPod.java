package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Map;

/** Builds the pods of workers. */
final class BurnerPod {
    static final String CONTAINER = "burner";

    /** Ends a pod that did not notice the end of fq; usually pods end with their input. */
    private static final long DEADLINE_S = 6L * 3600;

    private static final long NOBODY = 65532;

    /** Builds a pod. Its memory makes it Burstable, so that CPU request and limit can change together. */
    static Pod of(String name, Map<String, String> labels, BurnerPodSettings settings, int millicores) {
        Map<String, Quantity> cpu = Map.of("cpu", new Quantity(millicores + "m"));
        return new PodBuilder()
                .withNewMetadata()
                .withName(name)
                .withLabels(labels)
                .endMetadata()
                .withNewSpec()
                .withRestartPolicy("Never")
                .withActiveDeadlineSeconds(DEADLINE_S)
                .withTerminationGracePeriodSeconds(1L)
                .withServiceAccountName(settings.serviceAccount().orElse(null))
                .withAutomountServiceAccountToken(false)
                .withEnableServiceLinks(false)
                .withNewSecurityContext()
                .withRunAsNonRoot(true)
                .withRunAsUser(NOBODY)
                .withRunAsGroup(NOBODY)
                .withNewSeccompProfile()
                .withType("RuntimeDefault")
                .endSeccompProfile()
                .endSecurityContext()
                .addNewContainer()
                .withName(CONTAINER)
                .withImage(settings.image())
                .withImagePullPolicy(settings.pullPolicy())
                .withCommand(
                        "java",
                        "-Xmx16m",
                        "-Xss256k",
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "-XX:-UsePerfData",
                        "-cp",
                        "/app/fq.jar",
                        "io.framequota.lab.burner.Burner")
                .withStdin(true)
                .withStdinOnce(true)
                .withNewResources()
                .withRequests(cpu)
                .withLimits(cpu)
                .addToRequests("memory", new Quantity("64Mi"))
                .addToLimits("memory", new Quantity("128Mi"))
                .endResources()
                .withNewSecurityContext()
                .withReadOnlyRootFilesystem(true)
                .withAllowPrivilegeEscalation(false)
                .withNewCapabilities()
                .addToDrop("ALL")
                .endCapabilities()
                .endSecurityContext()
                .endContainer()
                .endSpec()
                .build();
    }

    private BurnerPod() {}
}
