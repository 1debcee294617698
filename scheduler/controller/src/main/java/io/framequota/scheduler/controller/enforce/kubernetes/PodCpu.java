package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.framequota.scheduler.quota.Actuator;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** What a pod says of its container's CPU. */
final class PodCpu {
    private static final BigDecimal MILLI = BigDecimal.valueOf(1000);

    /**
     * Millicores in force, infinite without a limit: what the kubelet reports, or, before it has reported anything, what the pod was made with.
     * Under {@link Actuator#WEIGHT} the request, which is the weight; else the limit.
     */
    static double inForce(Pod pod, String container, Actuator actuator) {
        ResourceRequirements reported = pod.getStatus() == null
                ? null
                : statuses(pod).stream()
                        .filter(s -> container.equals(s.getName()))
                        // A container that is about to start has a status without resources.
                        .flatMap(s -> Stream.ofNullable(s.getResources()))
                        .findFirst()
                        .orElse(null);
        return millicores(reported != null ? reported : specified(pod, container), actuator);
    }

    /** Millicores that the pod was told to have last. */
    static double asked(Pod pod, String container, Actuator actuator) {
        return millicores(specified(pod, container), actuator);
    }

    /** Millicores of the limit that the pod was told to have last. */
    static double limit(Pod pod, String container) {
        return asked(pod, container, Actuator.QUOTA);
    }

    private static double millicores(@Nullable ResourceRequirements resources, Actuator actuator) {
        Map<String, Quantity> amounts = resources == null
                ? Map.of()
                : actuator == Actuator.WEIGHT ? orEmpty(resources.getRequests()) : orEmpty(resources.getLimits());
        Quantity cpu = amounts.get("cpu");
        return cpu == null ? Double.POSITIVE_INFINITY : millicores(cpu);
    }

    private static @Nullable ResourceRequirements specified(Pod pod, String container) {
        return pod.getSpec().getContainers().stream()
                .filter(c -> container.equals(c.getName()))
                .flatMap(c -> Stream.ofNullable(c.getResources()))
                .findFirst()
                .orElse(null);
    }

    private static List<ContainerStatus> statuses(Pod pod) {
        List<ContainerStatus> statuses = pod.getStatus().getContainerStatuses();
        return statuses == null ? List.of() : statuses;
    }

    private static Map<String, Quantity> orEmpty(@Nullable Map<String, Quantity> amounts) {
        return amounts == null ? Map.of() : amounts;
    }

    private static int millicores(Quantity cpu) {
        return cpu.getNumericalAmount()
                .multiply(MILLI)
                .setScale(0, RoundingMode.HALF_UP)
                .intValue();
    }

    private PodCpu() {}
}
