package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.common.cgroup.CpuQuota;
import io.framequota.common.cgroup.CpuUsage;
import io.framequota.scheduler.cgroup.EnforcementException;
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
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Limits the computing containers of worker pods through the {@code resize} subresource. A quota moves CPU request and limit
 * together, so that an allocation is reserved and not only a maximum; a weight moves the request alone, as long as it stays
 * below the limit.
 *
 * <p>The API server accepts a write, and the kubelet enforces it some ten milliseconds later. The observer is told when the pod's
 * status shows the new limit, or the reason in its conditions if the node cannot enforce it (yet).
 */
final class PodLimits implements WorkerLimits {
    /** Reports come twice a second and are up to two seconds old, so the latest of so many is newer than the write. */
    private static final int CONCLUSIVE_REPORTS = 8;

    private final WorkerPods pods;
    private final Actuator actuator;
    private final Observer observer;
    private final ReportedCpuUse use;
    private final ResizeEvents events;
    private final WorkerResizer resizer;
    private final Map<String, Contradiction> contradictions = new ConcurrentHashMap<>();
    private final ResizeQueue queue = new ResizeQueue();
    /** Why no pod can be resized any more, until the next write says so. */
    private final AtomicReference<@Nullable EnforcementException> failure = new AtomicReference<>();

    private final SharedIndexInformer<Pod> informer;

    private PodLimits(
            KubernetesClient client,
            WorkerPods pods,
            Actuator actuator,
            Observer observer,
            ReportedCpuUse use,
            ResizeEvents events,
            WorkerResizer resizer) {
        this.pods = pods;
        this.actuator = actuator;
        this.observer = observer;
        this.use = use;
        this.events = events;
        this.resizer = resizer;
        this.informer = client.pods()
                .inNamespace(pods.namespace())
                .withLabelSelector(pods.selector())
                .inform(new Watch());
        if (actuator == Actuator.QUOTA) {
            use.onLimit(this::onReportedLimit);
        }
    }

    /**
     * Checks that this scheduler can resize pods, and reads the worker pods.
     *
     * @throws LimitsUnavailableException if it cannot
     */
    static PodLimits open(
            KubernetesClient client, WorkerPods pods, Actuator actuator, Observer observer, ReportedCpuUse use) {
        ResizeEvents events = new ResizeEvents(client);
        WorkerResizer resizer = new WorkerResizer(client, pods, events);
        resizer.check();
        try {
            return new PodLimits(client, pods, actuator, observer, use, events, resizer);
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
        // 0 makes the planner write the weight, and with it a higher limit.
        return OptionalDouble.of(actuator == Actuator.WEIGHT && isLimitTooLow(pod, inForce) ? 0 : inForce);
    }

    private @Nullable Pod find(String worker) {
        return informer.getStore().getByKey(pods.namespace() + "/" + worker);
    }

    /** The outcome is always told to the observer, also a refusal. A cluster that does not resize pods fails the next call. */
    @Override
    public Optional<WriteOutcome> write(String worker, double millicores) {
        EnforcementException failed = failure.getAndSet(null);
        if (failed != null) {
            throw failed;
        }
        int request = (int) Math.round(millicores);
        Pod pod = find(worker);
        boolean raises = pod == null || request > PodCpu.specified(pod, pods.container(), actuator);
        queue.submit(worker, raises, () -> {
            try {
                resize(worker, request, limit(worker, request)).ifPresent(o -> observer.onOutcome(worker, o));
            } catch (EnforcementException e) {
                failure.set(e);
                double inForce = inForce(worker).orElse(CpuQuota.PARKED_MILLI);
                observer.onOutcome(worker, new WriteOutcome.Unanswered(inForce, String.valueOf(e.getMessage())));
            }
        });
        return Optional.empty();
    }

    @Override
    public Optional<WriteOutcome> unlimit(String worker, int fair, int full) {
        // Here the outcome is needed at once, and no earlier resize may come after this one.
        queue.await();
        // The request stays small: the node may have no room for requests of whole cores.
        return resize(worker, fair, OptionalInt.of(full));
    }

    private Optional<WriteOutcome> resize(String worker, int request, OptionalInt limit) {
        return resizer.write(worker, OptionalInt.of(request), limit, actuator, find(worker));
    }

    /** The limit to write with a request; empty if it stays. */
    private OptionalInt limit(String worker, int request) {
        if (actuator != Actuator.WEIGHT) {
            return OptionalInt.of(request);
        }
        Pod pod = find(worker);
        return pod != null && isLimitTooLow(pod, request) ? OptionalInt.of((int) whole(request)) : OptionalInt.empty();
    }

    /**
     * Whether a weight needs a higher limit: a pod that was created for quotas has one below its cores, and no request may exceed
     * the limit.
     */
    private boolean isLimitTooLow(Pod pod, double request) {
        return PodCpu.specifiedLimit(pod, pods.container()) < whole(request);
    }

    private static double whole(double millicores) {
        return Math.ceil(millicores / 1000) * 1000;
    }

    @Override
    public void limitTotal(int millicores) {
        // A cluster has no limit for several pods together.
    }

    @Override
    public @Nullable CpuUsage use(String worker) {
        return use.of(worker);
    }

    @Override
    public void close() {
        queue.close();
        use.onLimit(null);
        informer.close();
    }

    /**
     * A worker reported the limit that its kernel enforces. A pod's status may show a resize before the kernel enforces it, or
     * although it never does. If enough reports in a row contradict the status, the reports are right.
     */
    private void onReportedLimit(String worker, double millicores) {
        Pod pod = find(worker);
        double asked = pod == null ? millicores : PodCpu.specified(pod, pods.container(), actuator);
        if (pod == null || millicores == asked || PodCpu.inForce(pod, pods.container(), actuator) != asked) {
            contradictions.remove(worker);
            return;
        }
        Contradiction before = contradictions.get(worker);
        int times = before != null && before.asked() == asked ? before.times() + 1 : 1;
        contradictions.put(worker, new Contradiction(asked, times));
        if (times == CONCLUSIVE_REPORTS) {
            contradictions.remove(worker);
            observer.onOutcome(
                    worker,
                    new WriteOutcome.Unanswered(
                            millicores,
                            "its kernel enforces " + Math.round(millicores) + "m, but the pod's status says "
                                    + Math.round(asked) + "m"));
        }
    }

    /** Successive reports that contradict the pod's status. */
    private record Contradiction(double asked, int times) {}

    private final class Watch implements ResourceEventHandler<Pod> {
        @Override
        public void onAdd(Pod pod) {
            evaluate(pod);
        }

        @Override
        public void onUpdate(Pod before, Pod pod) {
            evaluate(pod);
        }

        @Override
        public void onDelete(Pod pod, boolean unknown) {
            contradictions.remove(pod.getMetadata().getName());
            events.clear(pod.getMetadata().getName());
        }

        /** Reports the outcome that a pod's status shows; none while the node has not decided yet. */
        private void evaluate(Pod pod) {
            String name = pod.getMetadata().getName();
            double inForce = PodCpu.inForce(pod, pods.container(), actuator);
            double asked = PodCpu.specified(pod, pods.container(), actuator);
            WriteOutcome outcome = PodResize.pending(pod, asked, inForce)
                    .<WriteOutcome>map(o -> o)
                    .orElse(inForce == asked ? new WriteOutcome.Applied(inForce) : null);
            if (outcome != null) {
                observer.onOutcome(name, outcome);
                resizer.warn(pod, outcome);
            }
        }
    }
}
