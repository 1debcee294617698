package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.controller.enforce.InitialLimits;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The CPU limits in the specs of worker pods; a pod that was created for quotas has a small one. Only the limit is written, so
 * that pods reserve no more of their nodes.
 */
final class PodInitialLimits implements InitialLimits {
    private final WorkerPods pods;
    private final WorkerResizer resizer;
    private final SharedIndexInformer<Pod> informer;

    private PodInitialLimits(WorkerPods pods, WorkerResizer resizer, SharedIndexInformer<Pod> informer) {
        this.pods = pods;
        this.resizer = resizer;
        this.informer = informer;
    }

    /**
     * Reads the worker pods.
     *
     * @throws LimitsUnavailableException if the API server does not answer
     */
    static PodInitialLimits open(KubernetesClient client, WorkerPods pods) {
        try {
            FilterWatchListDeletable<Pod, PodList, PodResource> workers =
                    client.pods().inNamespace(pods.namespace()).withLabelSelector(pods.selector());
            // An informer that cannot start logs fifty lines, and this is tried repeatedly: ask first.
            workers.list(new ListOptionsBuilder().withLimit(1L).build());
            return new PodInitialLimits(
                    pods, new WorkerResizer(client, pods, new ResizeEvents(client)), workers.inform());
        } catch (KubernetesClientException e) {
            throw WorkerResizer.unanswered(e);
        }
    }

    @Override
    public OptionalDouble of(String worker) {
        Pod pod = find(worker);
        return pod == null ? OptionalDouble.empty() : OptionalDouble.of(PodCpu.specifiedLimit(pod, pods.container()));
    }

    private @Nullable Pod find(String worker) {
        return informer.getStore().getByKey(pods.namespace() + "/" + worker);
    }

    @Override
    public Optional<WriteOutcome> raise(String worker, int full) {
        // Check first: a failed attempt would record an event on each pod.
        resizer.check();
        return resizer.write(worker, OptionalInt.empty(), OptionalInt.of(full), Actuator.QUOTA, find(worker));
    }

    @Override
    public String remedy() {
        return "let the scheduler patch pods/resize, or create the pods for dispatch: helm upgrade --set"
                + " scheduler.actuator=dispatch";
    }

    @Override
    public void close() {
        informer.close();
    }
}
