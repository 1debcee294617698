package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.kubernetes.PodResize;
import io.framequota.scheduler.controller.enforce.LimitsUnavailableException;
import io.framequota.scheduler.controller.enforce.WorkerLimits;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The computing containers of worker pods, through the {@code resize} subresource. A quota moves CPU request and limit
 * together, so that an allocation is reserved and not only a ceiling; a weight moves the request alone, as long as the limit
 * leaves it room.
 *
 * <p>The API server takes a write, and the kubelet brings it into force some ten milliseconds later: {@link WorkerLimits.Observer}
 * hears when the pod's status shows it, or why its conditions say that it cannot be (yet).
 */
final class PodLimits implements WorkerLimits {
    /** Reports come twice a second and are up to two seconds old. */
    private static final int CERTAIN = 8;

    private final WorkerPods pods;
    private final Actuator actuator;
    private final Observer observer;
    private final ReportedCpuUse use;
    private final ResizeEvents events;
    private final WorkerResizer resizes;
    private final Map<String, Denied> denials = new ConcurrentHashMap<>();
    private final SharedIndexInformer<Pod> informer;

    private PodLimits(
            KubernetesClient client,
            WorkerPods pods,
            Actuator actuator,
            Observer observer,
            ReportedCpuUse use,
            ResizeEvents events,
            WorkerResizer resizes) {
        this.pods = pods;
        this.actuator = actuator;
        this.observer = observer;
        this.use = use;
        this.events = events;
        this.resizes = resizes;
        this.informer = client.pods()
                .inNamespace(pods.namespace())
                .withLabelSelector(pods.selector())
                .inform(new Watch());
        if (actuator == Actuator.QUOTA) {
            use.listen(this::reported);
        }
    }

    /**
     * Looks whether pods can be resized here and by us, and learns which pods there are.
     *
     * @throws LimitsUnavailableException when they cannot
     */
    static PodLimits open(
            KubernetesClient client, WorkerPods pods, Actuator actuator, Observer observer, ReportedCpuUse use) {
        ResizeEvents events = new ResizeEvents(client);
        WorkerResizer resizes = new WorkerResizer(client, pods, events);
        resizes.check();
        try {
            return new PodLimits(client, pods, actuator, observer, use, events, resizes);
        } catch (KubernetesClientException e) {
            throw WorkerResizer.unanswered(e);
        }
    }

    @Override
    public OptionalDouble inForce(String worker) {
        Pod pod = find(worker);
        if (pod == null) {
            return OptionalDouble.empty();
        }
        double inForce = PodCpu.inForce(pod, pods.container(), actuator);
        // Its weight is written anew, and the limit with it.
        return OptionalDouble.of(actuator == Actuator.WEIGHT && holdsBack(pod, inForce) ? 0 : inForce);
    }

    private @Nullable Pod find(String worker) {
        return informer.getStore().getByKey(pods.namespace() + "/" + worker);
    }

    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        int request = (int) Math.round(millicores);
        return resize(worker, request, limit(worker, request));
    }

    @Override
    public Optional<WriteOutcome> free(String worker, int fair, int full) {
        // Turns need a limit of whole cores, and no more reserved than quotas did: there may be no room for that.
        return resize(worker, fair, OptionalInt.of(full));
    }

    private Optional<WriteOutcome> resize(String worker, int request, OptionalInt limit) {
        return resizes.write(worker, OptionalInt.of(request), limit, actuator, find(worker));
    }

    /** The limit to write with a request; empty when it stays. */
    private OptionalInt limit(String worker, int request) {
        if (actuator != Actuator.WEIGHT) {
            return OptionalInt.of(request);
        }
        Pod pod = find(worker);
        return pod != null && holdsBack(pod, request) ? OptionalInt.of((int) whole(request)) : OptionalInt.empty();
    }

    /**
     * Whether a weight needs a higher limit. A pod that was made for quotas has one below its cores: no request may be above
     * that, and what others leave could not be used.
     */
    private boolean holdsBack(Pod pod, double request) {
        return PodCpu.limit(pod, pods.container()) < whole(request);
    }

    private static double whole(double millicores) {
        return Math.ceil(millicores / 1000) * 1000;
    }

    @Override
    public void total(int millicores) {
        // The sum of the pods' own limits or requests is what a cluster knows.
    }

    @Override
    public @Nullable CpuUsage use(String worker) {
        return use.of(worker);
    }

    @Override
    public void close() {
        use.listen(null);
        informer.close();
    }

    /**
     * What a worker's kernel has in force. A pod's status and conditions may say that a resize is done before it is, and
     * instead of it; a kernel that says otherwise in so many reports that none of them can be older than the write is right.
     */
    private void reported(String worker, double millicores) {
        Pod pod = find(worker);
        double asked = pod == null ? millicores : PodCpu.asked(pod, pods.container(), actuator);
        if (pod == null || millicores == asked || PodCpu.inForce(pod, pods.container(), actuator) != asked) {
            denials.remove(worker);
            return;
        }
        Denied before = denials.get(worker);
        int times = before != null && before.asked() == asked ? before.times() + 1 : 1;
        denials.put(worker, new Denied(asked, times));
        if (times == CERTAIN) {
            denials.remove(worker);
            observer.told(
                    worker,
                    new WriteOutcome.Unanswered(
                            millicores,
                            "its kernel has " + Math.round(millicores) + "m in force where the pod's status says "
                                    + Math.round(asked) + "m"));
        }
    }

    /** How often in a row a kernel said that what was asked is not in force. */
    private record Denied(double asked, int times) {}

    private final class Watch implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            look(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            look(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean unknown) {
            denials.remove(pod.getMetadata().getName());
            events.settled(pod.getMetadata().getName());
        }

        /** What a pod's status says; nothing while the node is about to do what it was told. */
        private void look(Pod pod) {
            String name = pod.getMetadata().getName();
            double inForce = PodCpu.inForce(pod, pods.container(), actuator);
            double asked = PodCpu.asked(pod, pods.container(), actuator);
            WriteOutcome outcome = PodResize.pending(pod, asked, inForce)
                    .<WriteOutcome>map(o -> o)
                    .orElse(inForce == asked ? new WriteOutcome.Applied(inForce) : null);
            if (outcome != null) {
                observer.told(name, outcome);
                resizes.tell(pod, outcome);
            }
        }
    }
}
