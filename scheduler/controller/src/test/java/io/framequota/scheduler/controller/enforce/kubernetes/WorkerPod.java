package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodConditionBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.ResourceRequirementsBuilder;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import java.util.List;
import java.util.Map;

/** Worker pods for tests with an API server in memory. */
public final class WorkerPod {
    static final String NAMESPACE = "video";
    static final WorkerPods PODS = new WorkerPods(NAMESPACE, TestCluster.WORKERS, TestCluster.CONTAINER);

    private WorkerPod() {}

    /** A running worker whose two containers have one core, and this CPU request and limit of the computing one. */
    public static Pod running(String name, String request, String limit) {
        Pod pod = new PodBuilder()
                .withNewMetadata()
                .withNamespace(NAMESPACE)
                .withName(name)
                .withLabels(Map.of("app.kubernetes.io/name", "framequota", "app.kubernetes.io/component", "worker"))
                .endMetadata()
                .withNewSpec()
                .addNewContainer()
                .withName("inference-service")
                .withResources(new ResourceRequirementsBuilder()
                        .addToLimits("cpu", new Quantity("1"))
                        .build())
                .endContainer()
                .addNewContainer()
                .withName(TestCluster.CONTAINER)
                .withResources(new ResourceRequirementsBuilder()
                        .addToRequests(Map.of("cpu", new Quantity(request), "memory", new Quantity("512Mi")))
                        .addToLimits(Map.of("cpu", new Quantity(limit), "memory", new Quantity("1Gi")))
                        .build())
                .endContainer()
                .endSpec()
                .build();
        return InMemoryApiServer.enforced(pod, pod);
    }

    /** The pod, with a status that says why the node does not enforce the resize. */
    public static Pod pending(Pod pod, Pod inForce, String reason, String message) {
        return new PodBuilder(InMemoryApiServer.enforced(pod, inForce))
                .editStatus()
                .withConditions(new PodConditionBuilder()
                        .withType("PodResizePending")
                        .withStatus("True")
                        .withReason(reason)
                        .withMessage(message)
                        .build())
                .endStatus()
                .build();
    }

    /** The CPU limit of the computing container's spec in millicores. */
    public static int limit(Pod pod) {
        return cpu(pod).get(1).getNumericalAmount().movePointRight(3).intValueExact();
    }

    /** CPU request and limit of the computing container's spec. */
    static List<Quantity> cpu(Pod pod) {
        var resources = pod.getSpec().getContainers().get(1).getResources();
        return List.of(resources.getRequests().get("cpu"), resources.getLimits().get("cpu"));
    }

    static List<Quantity> cpu(String request, String limit) {
        return List.of(new Quantity(request), new Quantity(limit));
    }
}
