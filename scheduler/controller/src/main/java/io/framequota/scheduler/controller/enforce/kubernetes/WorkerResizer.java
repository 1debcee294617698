package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReview;
import io.fabric8.kubernetes.api.model.authorization.v1.SelfSubjectAccessReviewBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.scheduler.cgroup.kubernetes.PodResize;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** Resizes worker pods, and records a refusal as an event on the pod. Calls block. */
final class WorkerResizer {
    private final KubernetesClient client;
    private final WorkerPods pods;
    private final ResizeEvents events;
    private final PodResize resize;

    WorkerResizer(KubernetesClient client, WorkerPods pods, ResizeEvents events) {
        this.client = client;
        this.pods = pods;
        this.events = events;
        this.resize = new PodResize(client, pods.namespace(), pods.container());
    }

    /**
     * Checks that this scheduler can resize pods.
     *
     * @throws LimitsUnavailableException if it cannot
     */
    void check() {
        try {
            if (!resize.isKnown()) {
                throw new LimitsUnavailableException(
                        "the cluster cannot resize pods in place (Kubernetes 1.33 and later can)", false);
            }
            if (!mayResize()) {
                throw new LimitsUnavailableException(
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
                        .withSubresource("resize")
                        .endResourceAttributes()
                        .endSpec()
                        .build());
        return Boolean.TRUE.equals(review.getStatus().getAllowed());
    }

    /**
     * Writes the given ones of a worker's CPU request and limit, in millicores; an empty one stays.
     *
     * @param actuator determines which of the two counts as the limit in force
     * @param pod as it was seen last, null if there is none
     * @return the outcome, if it is known at once
     */
    Optional<WriteOutcome> write(
            String worker, OptionalInt request, OptionalInt limit, Actuator actuator, @Nullable Pod pod) {
        double inForce = pod == null ? CpuQuota.PARKED_MILLI : PodCpu.inForce(pod, pods.container(), actuator);
        OptionalInt about = actuator == Actuator.WEIGHT || limit.isEmpty() ? request : limit;
        Optional<WriteOutcome> outcome =
                resize.write(worker, new PodResize.Cpu(request, limit, about.orElse(0)), inForce, pod != null);
        if (pod != null) {
            outcome.ifPresent(o -> warn(pod, o));
        }
        return outcome;
    }

    /** Records an event on the pod if its resize failed for a reason that does not disappear by itself. */
    void warn(Pod pod, WriteOutcome outcome) {
        switch (outcome) {
            case WriteOutcome.Infeasible infeasible -> events.warn(pod, "QuotaInfeasible", infeasible.why());
            case WriteOutcome.Forbidden forbidden -> events.warn(pod, "QuotaForbidden", forbidden.why());
            case WriteOutcome.Applied ignored -> events.clear(pod.getMetadata().getName());
            case WriteOutcome.Deferred ignored -> {}
            case WriteOutcome.Unanswered ignored -> {}
        }
    }

    static LimitsUnavailableException unanswered(KubernetesClientException e) {
        return new LimitsUnavailableException("the cluster does not answer: " + PodResize.words(e), true);
    }
}
