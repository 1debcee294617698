package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirements;
import io.framequota.scheduler.placement.ResourceList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The requests of a whole pod, as kube-scheduler computes them: the sum of all containers and sidecars or, if that is more, one
 * init container plus the sidecars started before it; plus the runtime's overhead. A container that is being resized counts with
 * the larger of its wanted and its allocated resources.
 */
final class PodRequests {
    private PodRequests() {}

    static ResourceList of(Pod pod) {
        ResourceList running = ResourceList.NONE;
        for (Container container : pod.getSpec().getContainers()) {
            running = running.plus(container(container, held(pod, container)));
        }
        ResourceList sidecars = ResourceList.NONE;
        ResourceList starting = ResourceList.NONE;
        for (Container init : pod.getSpec().getInitContainers()) {
            ResourceList asks = container(init, held(pod, init));
            if ("Always".equals(init.getRestartPolicy())) {
                sidecars = sidecars.plus(asks);
                starting = starting.max(sidecars);
            } else {
                starting = starting.max(sidecars.plus(asks));
            }
        }
        ResourceList whole = running.plus(sidecars).max(starting);
        // Pod-level requests replace the sum, for the resources that they name.
        for (Map.Entry<String, Long> stated :
                requests(pod.getSpec().getResources()).amounts().entrySet()) {
            whole = whole.with(stated.getKey(), stated.getValue());
        }
        return whole.plus(ResourceQuantities.requested(pod.getSpec().getOverhead()))
                .with(ResourceList.PODS, 1);
    }

    private static ResourceList container(Container container, @Nullable ContainerStatus status) {
        ResourceList wanted = requests(container.getResources());
        if (status == null) {
            return wanted;
        }
        return wanted.max(ResourceQuantities.requested(status.getAllocatedResources()))
                .max(requests(status.getResources()));
    }

    private static ResourceList requests(@Nullable ResourceRequirements requirements) {
        Map<String, Quantity> requests = requirements == null ? null : requirements.getRequests();
        return ResourceQuantities.requested(requests);
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
