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
 * The CPU limits in the specs of worker pods. A pod that was made for quotas has a small one, to begin with. Only the limit is
 * written: nodes are asked for no room.
 */
final class PodInitialLimits implements InitialLimits {
    private final WorkerPods pods;
    private final WorkerResizer resizes;
    private final SharedIndexInformer<Pod> informer;

    private PodInitialLimits(WorkerPods pods, WorkerResizer resizes, SharedIndexInformer<Pod> informer) {
        this.pods = pods;
        this.resizes = resizes;
        this.informer = informer;
    }

    /**
     * Learns which pods there are.
     *
     * @throws LimitsUnavailableException when the cluster does not tell
     */
    static PodInitialLimits open(KubernetesClient client, WorkerPods pods) {
        try {
            FilterWatchListDeletable<Pod, PodList, PodResource> workers =
                    client.pods().inNamespace(pods.namespace()).withLabelSelector(pods.selector());
            // An informer that cannot begin says so in fifty lines, and this is tried again and again.
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
        return pod == null ? OptionalDouble.empty() : OptionalDouble.of(PodCpu.limit(pod, pods.container()));
    }

    private @Nullable Pod find(String worker) {
        return informer.getStore().getByKey(pods.namespace() + "/" + worker);
    }

    @Override
    public Optional<WriteOutcome> lift(String worker, int full) {
        // One answer for all workers, where trying would give each pod an event.
        resizes.check();
        return resizes.write(worker, OptionalInt.empty(), OptionalInt.of(full), Actuator.QUOTA, find(worker));
    }

    @Override
    public String remedy() {
        return "let the scheduler patch pods/resize, or make the pods for dispatch: helm upgrade --set"
                + " scheduler.actuator=dispatch";
    }

    @Override
    public void close() {
        informer.close();
    }
}
