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
 * Has a round run whenever the cluster has changed, on one thread, while this scheduler leads and sees the cluster as it is.
 * Whoever begins to lead reads the cluster anew, so that it knows what the leader before it has bound.
 */
public final class PlacementLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PlacementLoop.class);
    /** Rounds run at least this often: rests end without a change. */
    private static final long LONGEST_MILLIS = 1_000;
    /** After a change, for others that come with it: the pods of a gang, the answers of a batch. */
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

    /** What is done with the cluster as it is now. */
    interface Round extends AutoCloseable {
        void run(ClusterView view);

        /** This scheduler does not lead any more, or has lost sight of the cluster: what it has not sent yet is not to be sent. */
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

    /** Lets gangs of a pool start as a whole, with the cluster's own scheduler binding them. */
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
                turn();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeView();
        }
    }

    private void turn() throws InterruptedException {
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
        if (leads.getAsBoolean() && current.current()) {
            try {
                round.run(current);
            } catch (RuntimeException e) {
                // One object that cannot be read must not end all placement.
                LOG.error("a round of placement failed", e);
            }
        }
    }

    private @Nullable ClusterView opened() {
        ClusterView known = view;
        if (known != null && known.alive()) {
            return known;
        }
        closeView();
        try {
            view = ClusterView.open(client, () -> changes.offer(true));
            changes.offer(true);
        } catch (KubernetesClientException e) {
            LOG.warnf("placement waits: %s", reason(e));
        }
        return view;
    }

    private static String reason(KubernetesClientException e) {
        if (e.getCode() == 403) {
            return "the scheduler's service account may not list and watch nodes and the pods of all namespaces;"
                    + " without that it cannot know what a node has left";
        }
        return "nodes and pods cannot be read: "
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
