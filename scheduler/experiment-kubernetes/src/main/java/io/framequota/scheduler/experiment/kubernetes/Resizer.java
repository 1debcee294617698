package io.framequota.scheduler.experiment.kubernetes;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.framequota.scheduler.experiment.real.Told;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/**
 * Orders quotas from a cluster: the pod's {@code resize} subresource, CPU request and limit together. One batch after the
 * other, off the thread that decides. What goes wrong is told as the worker's failure.
 */
final class Resizer implements AutoCloseable {
    private static final PatchContext MERGE = PatchContext.of(PatchType.STRATEGIC_MERGE);

    /** A quota that is not in force by then will not be: the node has no room, or forbids it. */
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(20);

    private final KubernetesClient client;
    private final String namespace;
    private final BlockingQueue<Told> told;
    private volatile Room room = Room.unknown();
    private volatile List<PodWorker> workers = List.of();
    private final ExecutorService batches =
            Executors.newSingleThreadExecutor(Thread.ofVirtual().name("resize").factory());
    private final ExecutorService calls = Executors.newVirtualThreadPerTaskExecutor();

    Resizer(KubernetesClient client, String namespace, BlockingQueue<Told> told) {
        this.client = client;
        this.namespace = namespace;
        this.told = told;
    }

    /** What is free for all workers from now on. */
    void room(Room there, List<PodWorker> all) {
        workers = List.copyOf(all);
        room = there;
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
     * Orders quotas: lowerings at the front are in force before anything is raised; lowerings after a raise go out when the
     * raise has been accepted, or before it where the node has no room for both.
     */
    void submit(List<Order> orders) {
        batches.execute(() -> {
            try {
                run(orders, true);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    /** Orders quotas and waits until they are in force. */
    void settle(List<Order> orders) throws InterruptedException {
        run(orders, false);
        for (Order order : orders) {
            await(order);
        }
    }

    /** Waits until everything that was ordered for these workers is in force. */
    void drain(List<PodWorker> workers) throws InterruptedException {
        try {
            batches.submit(() -> {}).get();
        } catch (ExecutionException e) {
            throw new IllegalStateException(e.getCause());
        }
        for (PodWorker worker : workers) {
            await(new Order(worker, worker.wished()));
        }
    }

    /** Raises of a run are handovers, those of its preparation are not. */
    private void run(List<Order> orders, boolean inRun) throws InterruptedException {
        List<Order> first =
                new ArrayList<>(orders.stream().takeWhile(Order::lowers).toList());
        List<Order> rest = orders.subList(first.size(), orders.size());
        Map<Boolean, List<Order>> byWay = rest.stream().collect(Collectors.partitioningBy(Order::lowers));
        List<Order> raises = byWay.getOrDefault(false, List.of());
        List<Order> last = byWay.getOrDefault(true, List.of());
        all(first, false);
        if (!raises.isEmpty()) {
            for (Order order : first) {
                await(order);
            }
        }
        if (room.fits(workers, raises)) {
            all(raises, inRun);
            all(last, false);
        } else {
            // A raise without room would be deferred, and tried again some time after the lowering.
            all(last, false);
            all(raises, inRun);
        }
        for (Order order : orders) {
            // Watched apart: the next batch need not wait.
            calls.execute(() -> {
                try {
                    await(order);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            });
        }
    }

    /** At the same time, each accepted when this returns. */
    private void all(List<Order> orders, boolean handover) throws InterruptedException {
        List<Future<?>> made = new ArrayList<>();
        for (Order order : orders) {
            made.add(calls.submit(() -> patch(order, handover)));
        }
        for (Future<?> one : made) {
            try {
                one.get();
            } catch (ExecutionException e) {
                throw new IllegalStateException(e.getCause());
            }
        }
    }

    private void patch(Order order, boolean handover) {
        PodWorker worker = order.worker();
        try {
            worker.expect(order.millicores(), handover);
            client.pods()
                    .inNamespace(namespace)
                    .withName(worker.name())
                    .subresource("resize")
                    .patch(MERGE, body(order));
        } catch (KubernetesClientException e) {
            told.add(new Told.Failed(
                    worker, worker.name() + " cannot be resized to " + order.millicores() + "m: " + words(e)));
        } catch (RuntimeException e) {
            told.add(new Told.Failed(worker, String.valueOf(e.getMessage())));
        }
    }

    private static String words(KubernetesClientException e) {
        String said = e.getStatus() == null ? null : e.getStatus().getMessage();
        return said == null ? Cluster.reason(e) : said;
    }

    private static String body(Order order) {
        return "{\"spec\":{\"containers\":[{\"name\":\"" + BurnerPod.CONTAINER
                + "\",\"resources\":{\"requests\":{\"cpu\":\"" + order.reserved() + "m\"},\"limits\":{\"cpu\":\""
                + order.millicores() + "m\"}}}]}}";
    }

    /** Until it is in force or another was ordered. */
    private void await(Order order) throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE_NANOS;
        PodWorker worker = order.worker();
        while (worker.wished() == order.millicores() && !worker.settled()) {
            if (System.nanoTime() > deadline) {
                told.add(new Told.Failed(
                        worker,
                        worker.name() + " did not get " + order.millicores() + "m within "
                                + TimeUnit.NANOSECONDS.toSeconds(PATIENCE_NANOS) + " s: " + obstacle(worker)));
                return;
            }
            TimeUnit.MILLISECONDS.sleep(1);
        }
    }

    /** Why the node has not done it: Deferred and Infeasible are conditions of the pod. */
    private String obstacle(PodWorker worker) {
        try {
            Pod pod =
                    client.pods().inNamespace(namespace).withName(worker.name()).get();
            if (pod == null) {
                return "the pod is gone";
            }
            return pod.getStatus().getConditions().stream()
                    .filter(c -> c.getType().startsWith("PodResize"))
                    .map(c -> c.getReason() + " " + c.getMessage())
                    .collect(Collectors.collectingAndThen(
                            Collectors.joining("; "), s -> s.isEmpty() ? "the node says nothing" : s));
        } catch (KubernetesClientException e) {
            return Cluster.reason(e);
        }
    }

    @Override
    public void close() {
        batches.shutdownNow();
        calls.shutdownNow();
    }
}
