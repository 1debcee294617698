package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs a round of placement whenever the cluster has changed, on a thread of its own, while this scheduler leads and its view of
 * the cluster is current. A new leader reads the cluster again, so that it knows all bindings of the previous leader.
 */
public final class PlacementLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PlacementLoop.class);
    /** The longest time between rounds: back-offs end without a change of the cluster. */
    private static final long LONGEST_MILLIS = 1_000;
    /** Wait after a change for related ones, such as the other pods of a gang. */
    private static final long SETTLE_MILLIS = 20;

    private static final long REOPEN_MILLIS = 5_000;
    private static final long FOLLOWER_MILLIS = 200;

    private final KubernetesClient client;
    private final Round round;
    private final BooleanSupplier leads;
    private final BlockingQueue<Boolean> changes = new ArrayBlockingQueue<>(1);
    private final Thread thread;
    private volatile boolean closed;
    private @Nullable ClusterView view;

    /** Decides and acts on the present state of the cluster. */
    interface Round extends AutoCloseable {
        void run(ClusterView view);

        /** This scheduler has lost leadership or the watch: decisions that were not sent yet must not be sent. */
        void forget();

        @Override
        void close();
    }

    PlacementLoop(KubernetesClient client, Round round, BooleanSupplier leads) {
        this.client = client;
        this.round = round;
        this.leads = leads;
        this.thread = Thread.ofPlatform().name("placement").daemon().unstarted(this::run);
    }

    /** Binds the pods of a pool to nodes. */
    public static PlacementLoop binding(
            KubernetesClient client, WorkerPool pool, String scheduler, BooleanSupplier leads) {
        return new PlacementLoop(
                client, new PodBinder(client, pool, new PlacementEvents(client, scheduler), leads), leads);
    }

    /** Lifts the scheduling gates of whole gangs; the cluster's own scheduler binds their pods. */
    public static PlacementLoop liftingGates(
            KubernetesClient client, WorkerPool pool, String scheduler, BooleanSupplier leads) {
        return new PlacementLoop(
                client, new GangGateLifter(client, pool, new PlacementEvents(client, scheduler)), leads);
    }

    public PlacementLoop start() {
        thread.start();
        return this;
    }

    private void run() {
        try {
            while (!closed) {
                step();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeView();
        }
    }

    private void step() throws InterruptedException {
        if (!leads.getAsBoolean()) {
            closeView();
            TimeUnit.MILLISECONDS.sleep(FOLLOWER_MILLIS);
            return;
        }
        ClusterView current = opened();
        if (current == null) {
            TimeUnit.MILLISECONDS.sleep(REOPEN_MILLIS);
            return;
        }
        if (changes.poll(LONGEST_MILLIS, TimeUnit.MILLISECONDS) != null) {
            TimeUnit.MILLISECONDS.sleep(SETTLE_MILLIS);
            changes.clear();
        }
        if (leads.getAsBoolean() && current.isCurrent()) {
            try {
                round.run(current);
            } catch (RuntimeException e) {
                // One object that cannot be read must not stop all placement.
                LOG.error("a round of placement failed", e);
            }
        }
    }

    private @Nullable ClusterView opened() {
        ClusterView known = view;
        if (known != null && known.isRunning()) {
            return known;
        }
        closeView();
        try {
            view = ClusterView.open(client, () -> changes.offer(true));
            changes.offer(true);
        } catch (KubernetesClientException e) {
            LOG.warnf("placement cannot start, trying again: %s", reason(e));
        }
        return view;
    }

    private static String reason(KubernetesClientException e) {
        if (e.getCode() == 403) {
            return "the scheduler's service account may not list and watch nodes and the pods of all namespaces;"
                    + " without that the free resources of nodes are not known";
        }
        return "nodes and pods cannot be listed: "
                + String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    }

    private void closeView() {
        ClusterView open = view;
        if (open != null) {
            view = null;
            open.close();
            round.forget();
        }
    }

    @Override
    public void close() {
        closed = true;
        thread.interrupt();
        round.close();
    }
}
