package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** Tells people on the pod itself why its quota is not what was decided: {@code kubectl describe pod} shows it. */
final class ResizeEvents {
    private static final Logger LOG = Logger.getLogger(ResizeEvents.class);
    private final KubernetesClient client;
    /** The last reason told, by pod: the same one is not told again. */
    private final Map<String, String> told = new ConcurrentHashMap<>();

    ResizeEvents(KubernetesClient client) {
        this.client = client;
    }

    /** All is well again with a pod. */
    void settled(String pod) {
        told.remove(pod);
    }

    void warn(Pod pod, String reason, String message) {
        String name = pod.getMetadata().getName();
        if (reason.equals(told.put(name, reason))) {
            return;
        }
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        try {
            client.v1()
                    .events()
                    .inNamespace(pod.getMetadata().getNamespace())
                    .resource(new EventBuilder()
                            .withNewMetadata()
                            .withGenerateName(name + ".")
                            .withNamespace(pod.getMetadata().getNamespace())
                            .endMetadata()
                            .withNewInvolvedObject()
                            .withApiVersion("v1")
                            .withKind("Pod")
                            .withName(name)
                            .withNamespace(pod.getMetadata().getNamespace())
                            .withUid(pod.getMetadata().getUid())
                            .endInvolvedObject()
                            .withType("Warning")
                            .withReason(reason)
                            .withMessage(message)
                            .withFirstTimestamp(now)
                            .withLastTimestamp(now)
                            .withCount(1)
                            .withNewSource()
                            .withComponent("framequota-scheduler")
                            .endSource()
                            .build())
                    .create();
        } catch (KubernetesClientException e) {
            // The notice says the same; an event is for those who look at the pod.
            LOG.debugf("no event for pod %s: %s", name, e.getMessage());
        }
    }
}
