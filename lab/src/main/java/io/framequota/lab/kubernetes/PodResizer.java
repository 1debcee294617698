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
 * Orders quotas from a cluster, off the thread that decides: those of different pods side by side, those of one pod one after
 * the other. What goes wrong is told as the worker's failure.
 */
final class PodResizer implements AutoCloseable {
    /** A quota that is not in force by then will not be: the node has no room, or forbids it. */
    static final int PATIENCE_S = 20;

    private final KubernetesClient client;
    private final String namespace;
    private final PodResize resize;
    private final BlockingQueue<WorkerEvent> events;
    /** What was ordered last for each pod. */
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
     * @param reserved millicores of the CPU request; only those does a node have to have room for
     */
    record Order(PodWorker worker, int millicores, int reserved) {
        /** One that is reserved and not only a ceiling. */
        Order(PodWorker worker, int millicores) {
            this(worker, millicores, millicores);
        }

        boolean lowers() {
            return millicores < worker.wished();
        }
    }

    /**
     * Orders a quota.
     *
     * @param handover whether how long it takes is to be reported
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

    /** Orders quotas and waits until they are in force: what is lowered makes room first. */
    void settle(List<Order> all) throws InterruptedException {
        for (boolean lowers : new boolean[] {true, false}) {
            List<Order> some = all.stream().filter(o -> o.lowers() == lowers).toList();
            some.forEach(o -> submit(o, false));
            for (Order order : some) {
                await(order);
            }
        }
    }

    /** Waits until everything that was ordered for these workers is in force. */
    void drain(Collection<PodWorker> workers) throws InterruptedException {
        for (PodWorker worker : workers) {
            await(new Order(worker, worker.wished()));
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

    /** Until it is in force or another was ordered. */
    private void await(Order order) throws InterruptedException {
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_S);
        PodWorker worker = order.worker();
        while (worker.wished() == order.millicores() && !worker.settled()) {
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

    /** Why the node has not done it. */
    private String obstacle(Order order) {
        PodWorker worker = order.worker();
        try {
            Pod pod =
                    client.pods().inNamespace(namespace).withName(worker.name()).get();
            return pod == null
                    ? "the pod is gone"
                    : PodResize.pending(pod, order.millicores(), worker.held())
                            .map(WriteOutcome.NoRoom::words)
                            .orElse("the node says nothing");
        } catch (KubernetesClientException e) {
            return ClusterConnection.reason(e);
        }
    }

    @Override
    public void close() {
        calls.shutdownNow();
    }
}
