package io.framequota.scheduler.cgroup.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.framequota.scheduler.cgroup.EnforcementException;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Changes the CPU request and limit of one container of a pod through the {@code resize} subresource, and interprets
 * the API server's answers and the pod's conditions. Calls block. Safe for use by several threads.
 */
public final class PodResize {
    private static final String RESIZE = "resize";
    private static final int MOST_WORDS = 300;

    private final KubernetesClient client;
    private final String namespace;
    private final String container;

    /** @param container name of the container that is resized in each pod */
    public PodResize(KubernetesClient client, String namespace, String container) {
        this.client = client;
        this.namespace = namespace;
        this.container = container;
    }

    /**
     * The CPU that a pod should have. An empty value does not change.
     *
     * @param request reserved millicores
     * @param limit millicores that it may use
     * @param asked the one of the two values that outcomes refer to
     */
    public record Cpu(OptionalInt request, OptionalInt limit, double asked) {}

    /** Whether the cluster has the subresource. */
    public boolean isKnown() {
        return client.getApiResources("v1").getResources().stream()
                .anyMatch(r -> r.getName().equals("pods/" + RESIZE));
    }

    /**
     * Requests a resize.
     *
     * @param inForce millicores that the pod has now
     * @param known whether the pod existed a moment ago
     * @return the outcome if the API server refused; empty if it accepted, and the node will apply the resize
     * @throws EnforcementException if the cluster does not resize pods
     */
    public Optional<WriteOutcome> write(String pod, Cpu cpu, double inForce, boolean known) {
        List<String> amounts = new ArrayList<>();
        cpu.request().ifPresent(r -> amounts.add("\"requests\":{\"cpu\":\"" + r + "m\"}"));
        cpu.limit().ifPresent(l -> amounts.add("\"limits\":{\"cpu\":\"" + l + "m\"}"));
        String patch = "{\"spec\":{\"containers\":[{\"name\":\"" + container + "\",\"resources\":{"
                + String.join(",", amounts) + "}}]}}";
        try {
            client.pods()
                    .inNamespace(namespace)
                    .withName(pod)
                    .subresource(RESIZE)
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
            return Optional.empty();
        } catch (KubernetesClientException e) {
            return Optional.of(refused(pod, cpu, inForce, known, e));
        }
    }

    private static WriteOutcome refused(
            String pod, Cpu cpu, double inForce, boolean known, KubernetesClientException e) {
        int code = e.getCode();
        if (code == 405 || code == 404 && known) {
            throw new EnforcementException("the cluster does not resize pods any more: " + words(e), e);
        }
        if (code == 404) {
            return new WriteOutcome.Forbidden(inForce, "there is no pod " + pod + " any more");
        }
        // Code 403 also reports a request for more than the node has. Older API servers leave this to the kubelet.
        boolean forbidden = code == 403 && !words(e).contains("enough allocatable resources");
        return switch (code) {
            case 400, 403, 422 ->
                forbidden
                        ? new WriteOutcome.Forbidden(inForce, words(e))
                        : new WriteOutcome.Infeasible(cpu.asked(), inForce, words(e));
            // The request may have arrived, and only its answer was lost.
            default -> new WriteOutcome.Unanswered(inForce, "the cluster does not answer: " + words(e));
        };
    }

    /**
     * Interprets a pod's conditions: the outcome of a resize that the node has not applied.
     *
     * @param asked millicores that were last requested
     * @param inForce millicores that the pod has
     */
    public static Optional<WriteOutcome.NoRoom> pending(Pod pod, double asked, double inForce) {
        if (pod.getStatus() == null || pod.getStatus().getConditions() == null) {
            return Optional.empty();
        }
        return pod.getStatus().getConditions().stream()
                .filter(c -> "PodResizePending".equals(c.getType()) && "True".equals(c.getStatus()))
                .findFirst()
                .map(c -> "Infeasible".equals(c.getReason())
                        ? new WriteOutcome.Infeasible(asked, inForce, message(c))
                        : new WriteOutcome.Deferred(asked, inForce, message(c)));
    }

    private static String message(PodCondition condition) {
        return condition.getMessage() == null
                ? "the node has not applied it"
                : condition.getMessage().strip();
    }

    /** Describes an error in one line. */
    public static String words(KubernetesClientException e) {
        String said = e.getStatus() != null ? e.getStatus().getMessage() : e.getMessage();
        String line = said == null ? "error " + e.getCode() : said.strip().replaceAll("\\s+", " ");
        return line.length() > MOST_WORDS ? line.substring(0, MOST_WORDS) : line;
    }
}
