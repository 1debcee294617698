package io.framequota.scheduler.actuator.kubernetes;

import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.Ceilings;
import io.framequota.scheduler.actuator.UnavailableException;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * The CPU limits in the specs of worker pods. A pod that was made for quotas has a small one, to begin with. Only the limit is
 * written: nodes are asked for no room.
 */
final class PodCeilings implements Ceilings {
    private final WorkerPods pods;
    private final PodResizes resizes;
    private final SharedIndexInformer<Pod> informer;

    private PodCeilings(WorkerPods pods, PodResizes resizes, SharedIndexInformer<Pod> informer) {
        this.pods = pods;
        this.resizes = resizes;
        this.informer = informer;
    }

    /**
     * Learns which pods there are.
     *
     * @throws UnavailableException when the cluster does not tell
     */
    static PodCeilings open(KubernetesClient client, WorkerPods pods) {
        try {
            FilterWatchListDeletable<Pod, PodList, PodResource> workers =
                    client.pods().inNamespace(pods.namespace()).withLabelSelector(pods.selector());
            // An informer that cannot begin says so in fifty lines, and this is tried again and again.
            workers.list(new ListOptionsBuilder().withLimit(1L).build());
            return new PodCeilings(pods, new PodResizes(client, pods, new PodEvents(client)), workers.inform());
        } catch (KubernetesClientException e) {
            throw PodResizes.unanswered(e);
        }
    }

    @Override
    public OptionalDouble of(String worker) {
        Pod pod = find(worker);
        return pod == null ? OptionalDouble.empty() : OptionalDouble.of(Cpu.limit(pod, pods.container()));
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
