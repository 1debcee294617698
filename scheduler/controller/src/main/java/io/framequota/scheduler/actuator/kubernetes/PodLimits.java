package io.framequota.scheduler.actuator.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodCondition;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.Limits;
import io.framequota.scheduler.actuator.ReportedUse;
import io.framequota.scheduler.actuator.UnavailableException;
import io.framequota.scheduler.enforce.CpuUse;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The computing containers of worker pods, through the {@code resize} subresource. A quota moves CPU request and limit
 * together, so that an allocation is reserved and not only a ceiling; a weight moves the request alone, as long as the limit
 * leaves it room.
 *
 * <p>A write counts as made when the API server has taken it; the kubelet brings it into force some ten milliseconds later.
 * Where it cannot (yet), the pod's conditions say so and {@link Limits.Observer} hears of it.
 */
final class PodLimits implements Limits {
    private final WorkerPods pods;
    private final Actuator actuator;
    private final Observer observer;
    private final ReportedUse use;
    private final PodEvents events;
    private final PodResizes resizes;
    private final Set<String> pending = ConcurrentHashMap.newKeySet();
    private final SharedIndexInformer<Pod> informer;

    private PodLimits(
            KubernetesClient client,
            WorkerPods pods,
            Actuator actuator,
            Observer observer,
            ReportedUse use,
            PodEvents events,
            PodResizes resizes) {
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
    }

    /**
     * Looks whether pods can be resized here and by us, and learns which pods there are.
     *
     * @throws UnavailableException when they cannot
     */
    static PodLimits open(
            KubernetesClient client, WorkerPods pods, Actuator actuator, Observer observer, ReportedUse use) {
        PodEvents events = new PodEvents(client);
        PodResizes resizes = new PodResizes(client, pods, events);
        resizes.check();
        try {
            return new PodLimits(client, pods, actuator, observer, use, events, resizes);
        } catch (KubernetesClientException e) {
            throw PodResizes.unanswered(e);
        }
    }

    @Override
    public OptionalInt inForce(String worker) {
        Pod pod = find(worker);
        if (pod == null) {
            return OptionalInt.empty();
        }
        int inForce = Cpu.inForce(pod, pods.container(), actuator);
        // Its weight is written anew, and the limit with it.
        return OptionalInt.of(actuator == Actuator.WEIGHT && holdsBack(pod, inForce) ? 0 : inForce);
    }

    private @Nullable Pod find(String worker) {
        return informer.getStore().getByKey(pods.namespace() + "/" + worker);
    }

    @Override
    public void set(String worker, int millicores) {
        resize(worker, millicores, limit(worker, millicores));
    }

    @Override
    public void free(String worker, int fair, int full) {
        // Turns need a limit of whole cores, and no more reserved than quotas did: there may be no room for that.
        resize(worker, fair, OptionalInt.of(full));
    }

    private void resize(String worker, int request, OptionalInt limit) {
        resizes.write(worker, OptionalInt.of(request), limit, this::find);
    }

    /** The limit to write with a request; empty when it stays. */
    private OptionalInt limit(String worker, int request) {
        if (actuator != Actuator.WEIGHT) {
            return OptionalInt.of(request);
        }
        Pod pod = find(worker);
        return pod != null && holdsBack(pod, request) ? OptionalInt.of(whole(request)) : OptionalInt.empty();
    }

    /**
     * Whether a weight needs a higher limit. A pod that was made for quotas has one below its cores: no request may be above
     * that, and what others leave could not be used.
     */
    private boolean holdsBack(Pod pod, int request) {
        return Cpu.limit(pod, pods.container()) < whole(request);
    }

    private static int whole(int millicores) {
        return Math.ceilDiv(millicores, 1000) * 1000;
    }

    @Override
    public void total(int millicores) {
        // The sum of the pods' own limits or requests is what a cluster knows.
    }

    @Override
    public @Nullable CpuUse use(String worker) {
        return use.of(worker);
    }

    @Override
    public void close() {
        informer.close();
    }

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
            pending.remove(pod.getMetadata().getName());
            events.settled(pod.getMetadata().getName());
        }

        private void look(Pod pod) {
            String name = pod.getMetadata().getName();
            int inForce = Cpu.inForce(pod, pods.container(), actuator);
            PodCondition condition = Cpu.pending(pod).orElse(null);
            if (condition != null) {
                pending.add(name);
                observer.inForce(name, inForce, told(pod, condition));
            } else if (pending.contains(name)) {
                observer.inForce(name, inForce, null);
                if (inForce == Cpu.asked(pod, pods.container(), actuator)) {
                    pending.remove(name);
                    events.settled(name);
                }
            }
        }

        private String told(Pod pod, PodCondition condition) {
            String reason = condition.getReason() == null ? "Pending" : condition.getReason();
            String message = condition.getMessage() == null ? "the node has not taken it" : condition.getMessage();
            if (reason.equals("Infeasible")) {
                events.warn(pod, "QuotaInfeasible", message);
            }
            return reason.toLowerCase(Locale.ROOT) + ": " + message.strip();
        }
    }
}
