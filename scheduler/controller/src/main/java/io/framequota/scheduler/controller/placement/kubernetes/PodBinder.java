package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.scheduler.placement.ClusterSnapshot;
import io.framequota.scheduler.placement.PlacementDecision;
import io.framequota.scheduler.placement.PlacementDecision.Binding;
import io.framequota.scheduler.placement.Placer;
import io.framequota.scheduler.placement.PodId;
import io.framequota.scheduler.placement.PodState;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;

/**
 * Binds the pods of a pool to nodes. A binding counts as made until the watch shows it or the API server says that it was not; if
 * the answer was lost, the API server is asked. A binding names the pod's UID, and the API server binds a pod only once, so no pod
 * is bound twice even with several schedulers.
 */
final class PodBinder implements PlacementLoop.Round {
    private static final Logger LOG = Logger.getLogger(PodBinder.class);
    /** Concurrent requests. Bindings are sent in order, so those of a gang follow one another. */
    private static final int PARALLEL = 16;
    /** A request whose answer was lost may still arrive within this time. */
    private static final long LATE_REQUEST_MILLIS = 2_000;

    private final KubernetesClient client;
    private final WorkerPool pool;
    private final PlacementEvents events;
    private final BooleanSupplier leads;
    /** Counts losses of the watch or of leadership: bindings decided before one are not sent after it. */
    private final AtomicInteger term = new AtomicInteger();

    private final AssumedBindings assumptions = new AssumedBindings();
    private final ExecutorService calls = Executors.newFixedThreadPool(
            PARALLEL, Thread.ofVirtual().name("bind-", 0).factory());

    PodBinder(KubernetesClient client, WorkerPool pool, PlacementEvents events, BooleanSupplier leads) {
        this.client = client;
        this.pool = pool;
        this.events = events;
        this.leads = leads;
    }

    @Override
    public void run(ClusterView view) {
        List<PodState> seen = view.pods().stream()
                .filter(s -> s.state().node() != null || pool.awaitsUs(s.pod()))
                .map(ClusterView.Seen::state)
                .toList();
        List<PodState> known = assumptions.applyTo(seen, now());
        if (known.stream().allMatch(p -> p.node() != null)) {
            return;
        }
        PlacementDecision placement = Placer.place(new ClusterSnapshot(view.nodes(), known));
        placement.bindings().forEach(assumptions::assume);
        int decidedIn = term.get();
        placement.bindings().forEach(b -> calls.execute(() -> bind(b, decidedIn)));
        placement.waiting().forEach(w -> events.unschedulable(w.pod(), w.why()));
    }

    @Override
    public void forget() {
        // Requests that were sent may still arrive, so they stay assumed; the others are not sent any more.
        term.incrementAndGet();
    }

    @Override
    public void close() {
        calls.shutdownNow();
        events.close();
    }

    private void bind(Binding binding, int decidedIn) {
        if (decidedIn != term.get() || !leads.getAsBoolean()) {
            assumptions.release(binding.pod());
            return;
        }
        try {
            if (client.raw(path(binding.pod()), "POST", body(binding)) == null) {
                throw new KubernetesClientException("the pod is gone", 404, null);
            }
            events.scheduled(binding.pod(), binding.node());
        } catch (KubernetesClientException e) {
            LOG.debugf("%s was not bound to %s: %s", binding.pod(), binding.node(), e.getMessage());
            resolve(binding, e);
        }
    }

    /** Asks the API server, until it answers, whether a binding was made in spite of the failure. */
    private void resolve(Binding binding, KubernetesClientException failure) {
        PodId pod = binding.pod();
        try {
            if (failure.getCode() == 0) {
                TimeUnit.MILLISECONDS.sleep(LATE_REQUEST_MILLIS);
            }
            while (true) {
                try {
                    readBack(binding, failure);
                    return;
                } catch (KubernetesClientException e) {
                    LOG.debugf("whether %s is bound is not known yet: %s", pod, e.getMessage());
                    TimeUnit.MILLISECONDS.sleep(LATE_REQUEST_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void readBack(Binding binding, KubernetesClientException failure) {
        PodId id = binding.pod();
        Pod pod = client.pods().inNamespace(id.namespace()).withName(id.name()).get();
        boolean there = pod != null && id.uid().equals(pod.getMetadata().getUid());
        String node = there ? pod.getSpec().getNodeName() : null;
        if (node != null) {
            assumptions.assume(new Binding(id, node));
            return;
        }
        assumptions.failed(id, now());
        if (there) {
            events.failed(id, "binding to %s failed: %s".formatted(binding.node(), failure.getMessage()));
        }
    }

    private static String path(PodId pod) {
        return "/api/v1/namespaces/%s/pods/%s/binding".formatted(pod.namespace(), pod.name());
    }

    private static io.fabric8.kubernetes.api.model.Binding body(Binding binding) {
        return new BindingBuilder()
                .withNewMetadata()
                .withNamespace(binding.pod().namespace())
                .withName(binding.pod().name())
                .withUid(binding.pod().uid())
                .endMetadata()
                .withNewTarget()
                .withApiVersion("v1")
                .withKind("Node")
                .withName(binding.node())
                .endTarget()
                .build();
    }

    private static long now() {
        return TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
    }
}
