package io.framequota.lab.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.lab.worker.WorkerEvent;
import io.framequota.scheduler.cgroup.kubernetes.PodResize;
import io.framequota.scheduler.quota.WriteOutcome;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * Resizes pods outside the deciding thread: different pods in parallel, and each pod in the order of its orders. A failure
 * is reported as a failure of the worker.
 */
final class PodResizer implements AutoCloseable {
    /** A resize fails if it is not in force within this time, because the node has no room or forbids it. */
    static final int PATIENCE_S = 20;

    private final KubernetesClient client;
    private final String namespace;
    private final PodResize resize;
    private final BlockingQueue<WorkerEvent> events;
    /** The last order for each pod. */
    private final Map<String, CompletableFuture<Void>> orders = new ConcurrentHashMap<>();

    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    PodResizer(KubernetesClient client, String namespace, BlockingQueue<WorkerEvent> events) {
        this.client = client;
        this.namespace = namespace;
        this.resize = new PodResize(client, namespace, BurnerPod.CONTAINER);
        this.events = events;
    }

    /**
     * A quota for a worker.
     *
     * @param reserved millicores of the CPU request, for which the node must have room
     */
    record Order(PodWorker worker, int millicores, int reserved) {
        /** A quota whose request equals its limit. */
        Order(PodWorker worker, int millicores) {
            this(worker, millicores, millicores);
        }

        boolean lowers() {
            return millicores < worker.target();
        }
    }

    /**
     * Orders a quota without waiting for it.
     *
     * @param handover whether its duration is reported as a handover
     */
    void submit(Order order, boolean handover) {
        order.worker().expect(order.millicores(), handover);
        orders.compute(
                order.worker().name(),
                (name, before) -> (before == null ? CompletableFuture.<Void>completedFuture(null) : before)
                        .thenRunAsync(() -> patch(order), calls));
        calls.execute(() -> {
            try {
                await(order);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Orders quotas and waits until they are in force, lower quotas first. */
    void settle(List<Order> all) throws InterruptedException {
        for (boolean lowers : new boolean[] {true, false}) {
            List<Order> some = all.stream().filter(o -> o.lowers() == lowers).toList();
            some.forEach(o -> submit(o, false));
            for (Order order : some) {
                await(order);
            }
        }
    }

    /** Waits until the last order for each of these workers is in force. */
    void drain(Collection<PodWorker> workers) throws InterruptedException {
        for (PodWorker worker : workers) {
            await(new Order(worker, worker.target()));
        }
    }

    private void patch(Order order) {
        PodWorker worker = order.worker();
        PodResize.Cpu cpu = new PodResize.Cpu(
                OptionalInt.of(order.reserved()), OptionalInt.of(order.millicores()), order.millicores());
        try {
            if (resize.write(worker.name(), cpu, worker.held(), true).orElse(null)
                    instanceof WriteOutcome.Missed missed) {
                events.add(new WorkerEvent.Failed(
                        worker,
                        worker.name() + " cannot be resized to " + order.millicores() + "m: " + missed.words()));
            }
        } catch (RuntimeException e) {
            events.add(new WorkerEvent.Failed(worker, String.valueOf(e.getMessage())));
        }
    }

    /** Waits until the quota is in force or another one was ordered. */
    private void await(Order order) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        PodWorker worker = order.worker();
        while (worker.target() == order.millicores() && !worker.settled()) {
            if (System.nanoTime() > deadline) {
                events.add(new WorkerEvent.Failed(
                        worker,
                        worker.name() + " did not get " + order.millicores() + "m within " + PATIENCE_S + " s: "
                                + obstacle(order)));
                return;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** The reason why the node has not applied it. */
    private String obstacle(Order order) {
        PodWorker worker = order.worker();
        try {
            Pod pod =
                    client.pods().inNamespace(namespace).withName(worker.name()).get();
            return pod == null
                    ? "the pod is gone"
                    : PodResize.pending(pod, order.millicores(), worker.held())
                            .map(WriteOutcome.NoRoom::words)
                            .orElse("the node reported no reason");
        } catch (KubernetesClientException e) {
            return ClusterConnection.reason(e);
        }
    }

    @Override
    public void close() {
        calls.shutdownNow();
    }
}
