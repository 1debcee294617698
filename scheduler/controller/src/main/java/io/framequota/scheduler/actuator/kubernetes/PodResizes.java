package io.framequota.scheduler.actuator.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.framequota.scheduler.actuator.RefusedException;
import io.framequota.scheduler.actuator.UnavailableException;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Writes to the {@code resize} subresource of worker pods, and what the API server's answers mean. Calls block. */
final class PodResizes {
    private static final String RESIZE = "resize";
    private final KubernetesClient client;
    private final WorkerPods pods;
    private final PodEvents events;

    PodResizes(KubernetesClient client, WorkerPods pods, PodEvents events) {
        this.client = client;
        this.pods = pods;
        this.events = events;
    }

    /**
     * Looks whether pods can be resized here and by us.
     *
     * @throws UnavailableException when they cannot
     */
    void check() {
        try {
            boolean known = client.getApiResources("v1").getResources().stream()
                    .anyMatch(r -> r.getName().equals("pods/" + RESIZE));
            if (!known) {
                throw new UnavailableException(
                        "the cluster cannot resize pods in place (Kubernetes 1.33 and later can)", false);
            }
            if (!mayResize()) {
                throw new UnavailableException(
                        "the scheduler's service account may not patch pods/resize in namespace " + pods.namespace(),
                        true);
            }
        } catch (KubernetesClientException e) {
            throw unanswered(e);
        }
    }

    private boolean mayResize() {
        SelfSubjectAccessReview review = client.authorization()
                .v1()
                .selfSubjectAccessReview()
                .create(new SelfSubjectAccessReviewBuilder()
                        .withNewSpec()
                        .withNewResourceAttributes()
                        .withNamespace(pods.namespace())
                        .withVerb("patch")
                        .withResource("pods")
                        .withSubresource(RESIZE)
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    /**
     * Writes what is given of a worker's CPU request and limit, in millicores; the rest stays.
     *
     * @param known finds a worker's pod as it was seen last
     * @throws RefusedException when this worker's cannot be written
     * @throws UnavailableException when nobody's can
     */
    void write(String worker, OptionalInt request, OptionalInt limit, Function<String, @Nullable Pod> known) {
        List<String> amounts = new ArrayList<>();
        request.ifPresent(r -> amounts.add("\"requests\":{\"cpu\":\"" + r + "m\"}"));
        limit.ifPresent(l -> amounts.add("\"limits\":{\"cpu\":\"" + l + "m\"}"));
        String patch = "{\"spec\":{\"containers\":[{\"name\":\"" + pods.container() + "\",\"resources\":{"
                + String.join(",", amounts) + "}}]}}";
        try {
            client.pods()
                    .inNamespace(pods.namespace())
                    .withName(worker)
                    .subresource(RESIZE)
                    .patch(PatchContext.of(PatchType.STRATEGIC_MERGE), patch);
        } catch (KubernetesClientException e) {
            throw refused(worker, known.apply(worker), e);
        }
    }

    private RuntimeException refused(String worker, @Nullable Pod pod, KubernetesClientException e) {
        int code = e.getCode();
        if (code == 405 || code == 404 && pod != null) {
            return new UnavailableException("the cluster does not resize pods any more: " + words(e), true);
        }
        if (code == 404 || pod == null) {
            return new RefusedException("there is no pod " + worker + " any more");
        }
        if (code == 403 && words(e).contains("enough allocatable resources")) {
            // More than the node has at all, in the API server's words; older ones leave it to the kubelet.
            events.warn(pod, "QuotaInfeasible", words(e));
            return new RefusedException("infeasible: " + words(e));
        }
        if (code == 403) {
            events.warn(pod, "QuotaForbidden", words(e));
            return new RefusedException("forbidden: " + words(e));
        }
        if (code == 400 || code == 422) {
            events.warn(pod, "QuotaInfeasible", words(e));
            return new RefusedException("infeasible: " + words(e));
        }
        // The request may have arrived and only its answer be lost.
        return new RefusedException("the cluster does not answer: " + words(e), true);
    }

    /** The API server does not say what was asked. */
    static UnavailableException unanswered(KubernetesClientException e) {
        return new UnavailableException("the cluster does not answer: " + words(e), true);
    }

    /** One line of an error. */
    private static String words(KubernetesClientException e) {
        String said = e.getStatus() != null ? e.getStatus().getMessage() : e.getMessage();
        String line = said == null ? "error " + e.getCode() : said.strip().replaceAll("\\s+", " ");
        return line.length() > 300 ? line.substring(0, 300) : line;
    }
}
