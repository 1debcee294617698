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

/** Reads the CPU resources of a pod's container. */
final class PodCpu {
    private static final BigDecimal MILLI = BigDecimal.valueOf(1000);

    /**
     * Millicores in force, infinite for no limit: as the kubelet reports them, or, before its first report, as specified. Under
     * {@link Actuator#WEIGHT} the request, which is the weight; else the limit.
     */
    static double inForce(Pod pod, String container, Actuator actuator) {
        ResourceRequirements reported = pod.getStatus() == null
                ? null
                : statuses(pod).stream()
                        .filter(s -> container.equals(s.getName()))
                        // A container that has not started has a status without resources.
                        .flatMap(s -> Stream.ofNullable(s.getResources()))
                        .findFirst()
                        .orElse(null);
        return millicores(reported != null ? reported : resources(pod, container), actuator);
    }

    /** Millicores in the pod's spec: those requested last. */
    static double specified(Pod pod, String container, Actuator actuator) {
        return millicores(resources(pod, container), actuator);
    }

    /** Millicores of the limit in the pod's spec. */
    static double specifiedLimit(Pod pod, String container) {
        return specified(pod, container, Actuator.QUOTA);
    }

    private static double millicores(@Nullable ResourceRequirements resources, Actuator actuator) {
        Map<String, Quantity> amounts = resources == null
                ? Map.of()
                : actuator == Actuator.WEIGHT ? orEmpty(resources.getRequests()) : orEmpty(resources.getLimits());
        Quantity cpu = amounts.get("cpu");
        return cpu == null ? Double.POSITIVE_INFINITY : millicores(cpu);
    }

    private static @Nullable ResourceRequirements resources(Pod pod, String container) {
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
