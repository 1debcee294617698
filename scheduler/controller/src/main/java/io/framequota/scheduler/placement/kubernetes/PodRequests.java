package io.framequota.scheduler.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.framequota.scheduler.placement.Resources;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a whole pod asks a node for, as kube-scheduler counts it: all containers and sidecars together, or one init container
 * beside the sidecars that were started before it if that is more; plus the overhead of its runtime. A container that is
 * being resized counts with the larger of what it wants and what it still holds.
 */
final class PodRequests {
    private PodRequests() {}

    static Resources of(Pod pod) {
        Resources running = Resources.NONE;
        for (Container container : pod.getSpec().getContainers()) {
            running = running.plus(container(container, held(pod, container)));
        }
        Resources sidecars = Resources.NONE;
        Resources starting = Resources.NONE;
        for (Container init : pod.getSpec().getInitContainers()) {
            Resources asks = container(init, held(pod, init));
            if ("Always".equals(init.getRestartPolicy())) {
                sidecars = sidecars.plus(asks);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(asks));
            }
        }
        Resources whole = running.plus(sidecars).max(starting);
        // A pod may state requests of its own; they replace the sum for the resources that they name.
        for (Map.Entry<String, Long> stated :
                requests(pod.getSpec().getResources()).amounts().entrySet()) {
            whole = whole.with(stated.getKey(), stated.getValue());
        }
        return whole.plus(Amounts.requested(pod.getSpec().getOverhead())).with(Resources.PODS, 1);
    }

    private static Resources container(Container container, @Nullable ContainerStatus status) {
        Resources wanted = requests(container.getResources());
        if (status == null) {
            return wanted;
        }
        return wanted.max(Amounts.requested(status.getAllocatedResources())).max(requests(status.getResources()));
    }

    private static Resources requests(@Nullable ResourceRequirements requirements) {
        Map<String, Quantity> requests = requirements == null ? null : requirements.getRequests();
        return Amounts.requested(requests);
    }

    private static @Nullable ContainerStatus held(Pod pod, Container container) {
        if (pod.getStatus() == null) {
            return null;
        }
        List<ContainerStatus> statuses = pod.getStatus().getContainerStatuses();
        return statuses.stream()
                .filter(s -> container.getName().equals(s.getName()))
                .findFirst()
                .orElse(null);
    }
}
