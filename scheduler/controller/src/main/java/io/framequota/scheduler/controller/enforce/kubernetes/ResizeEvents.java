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

/** Records on a pod why its quota is not enforced as decided; {@code kubectl describe pod} shows it. */
final class ResizeEvents {
    private static final Logger LOG = Logger.getLogger(ResizeEvents.class);
    private final KubernetesClient client;
    /** The last recorded reason by pod; it is not recorded again until it changes. */
    private final Map<String, String> recorded = new ConcurrentHashMap<>();

    ResizeEvents(KubernetesClient client) {
        this.client = client;
    }

    /** The pod's quota is enforced, so that the next problem is recorded even if it is the same. */
    void clear(String pod) {
        recorded.remove(pod);
    }

    void warn(Pod pod, String reason, String message) {
        String name = pod.getMetadata().getName();
        if (reason.equals(recorded.put(name, reason))) {
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
            // The same reason is in the notice of the API.
            LOG.debugf("the event for pod %s was not recorded: %s", name, e.getMessage());
        }
    }
}
