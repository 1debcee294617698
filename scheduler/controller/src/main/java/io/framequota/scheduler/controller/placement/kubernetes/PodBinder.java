package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.BindingBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.scheduler.placement.ClusterSnapshot;
import io.framequota.scheduler.placement.PlacementDecision;
import io.framequota.scheduler.placement.Placer;
import io.framequota.scheduler.placement.PodBinding;
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
 * Binds the pods of a pool. A binding that was decided holds its room until the watch shows it or until the API server has
 * said that it did not happen; one whose answer was lost is asked about. A pod is named with its uid and the API server binds a
 * pod once only, so nothing is bound twice whoever else is at work.
 */
final class PodBinder implements PlacementLoop.Round {
    private static final Logger LOG = Logger.getLogger(PodBinder.class);
    /** Bindings on their way at once. They are sent in order, so a gang's follow one another. */
    private static final int PARALLEL = 16;
    /** A request whose answer was lost may still arrive. */
    private static final long LOST_MILLIS = 2_000;

    private final KubernetesClient client;
    private final WorkerPool pool;
    private final PlacementEvents events;
    private final BooleanSupplier leads;
    /** Counts how often sight or leadership was lost: what was decided before is not sent after. */
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
        placement.waiting().forEach(w -> events.waits(w.pod(), w.why()));
    }

    @Override
    public void forget() {
        // What was sent may still arrive, so it goes on holding its room; what was not will not be.
        term.incrementAndGet();
    }

    @Override
    public void close() {
        calls.shutdownNow();
        events.close();
    }

    private void bind(PodBinding binding, int decidedIn) {
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
            findOut(binding, e);
        }
    }

    /** Learns from the API server what became of a binding that did not go well. */
    private void findOut(PodBinding binding, KubernetesClientException failure) {
        PodId pod = binding.pod();
        try {
            if (failure.getCode() == 0) {
                TimeUnit.MILLISECONDS.sleep(LOST_MILLIS);
            }
            while (true) {
                try {
                    settle(binding, failure);
                    return;
                } catch (KubernetesClientException e) {
                    LOG.debugf("asking for %s: %s", pod, e.getMessage());
                    TimeUnit.MILLISECONDS.sleep(LOST_MILLIS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void settle(PodBinding binding, KubernetesClientException failure) {
        PodId id = binding.pod();
        Pod pod = client.pods().inNamespace(id.namespace()).withName(id.name()).get();
        boolean there = pod != null && id.uid().equals(pod.getMetadata().getUid());
        String node = there ? pod.getSpec().getNodeName() : null;
        if (node != null) {
            assumptions.assume(new PodBinding(id, node));
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

    private static io.fabric8.kubernetes.api.model.Binding body(PodBinding binding) {
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
