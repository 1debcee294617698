package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.scheduler.placement.PodId;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jboss.logging.Logger;

/**
 * Records events on pods: the node to which a pod was bound, or the reason why it is pending. Does not block: events that do not
 * fit into the queue are dropped and counted. A pending pod gets an event after a second, when the reason changes, and every five
 * minutes.
 */
final class PlacementEvents implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(PlacementEvents.class);
    private static final int QUEUE = 5_000;
    private static final int REMEMBERED = 10_000;
    private static final long FIRST_MILLIS = 1_000;
    private static final long CHANGE_MILLIS = 10_000;
    private static final long REPEAT_MILLIS = 300_000;

    private final KubernetesClient client;
    private final String scheduler;
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicLong sequence = new AtomicLong(System.currentTimeMillis() << 16);
    /** The last reason by pending pod; confined to the thread of the rounds. */
    private final Map<PodId, Reason> reasons = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PodId, Reason> eldest) {
            return size() > REMEMBERED;
        }
    };

    private final ThreadPoolExecutor sender = new ThreadPoolExecutor(
            2,
            2,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofVirtual().name("events-", 0).factory(),
            (task, executor) -> dropped.incrementAndGet());

    private record Reason(String why, long at, boolean sent) {}

    /** @param scheduler this scheduler's name */
    PlacementEvents(KubernetesClient client, String scheduler) {
        this.client = client;
        this.scheduler = scheduler;
    }

    void scheduled(PodId pod, String node) {
        send(pod, "Normal", "Scheduled", "Successfully assigned %s to %s".formatted(pod, node));
    }

    void failed(PodId pod, String why) {
        send(pod, "Warning", "FailedScheduling", why);
    }

    /** For one thread. */
    void unschedulable(PodId pod, String why) {
        long now = TimeUnit.NANOSECONDS.toMillis(System.nanoTime());
        Reason last = reasons.get(pod);
        if (last == null) {
            reasons.put(pod, new Reason(why, now, false));
            return;
        }
        long due = !last.sent() ? FIRST_MILLIS : last.why().equals(why) ? REPEAT_MILLIS : CHANGE_MILLIS;
        if (now - last.at() >= due) {
            reasons.put(pod, new Reason(why, now, true));
            failed(pod, why);
        }
    }

    private void send(PodId pod, String type, String reason, String message) {
        sender.execute(() -> {
            try {
                create(pod, type, reason, message);
            } catch (KubernetesClientException e) {
                LOG.debugf("the event for %s was not recorded: %s", pod, e.getMessage());
            }
        });
        long lost = dropped.getAndSet(0);
        if (lost > 0) {
            LOG.warnf("%d events on pods were dropped: the API server does not accept them fast enough", lost);
        }
    }

    private void create(PodId pod, String type, String reason, String message) {
        String now = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
        client.v1()
                .events()
                .inNamespace(pod.namespace())
                .resource(new EventBuilder()
                        .withNewMetadata()
                        .withNamespace(pod.namespace())
                        .withName(pod.name() + "." + Long.toHexString(sequence.incrementAndGet()))
                        .endMetadata()
                        .withNewInvolvedObject()
                        .withApiVersion("v1")
                        .withKind("Pod")
                        .withNamespace(pod.namespace())
                        .withName(pod.name())
                        .withUid(pod.uid())
                        .endInvolvedObject()
                        .withType(type)
                        .withReason(reason)
                        .withMessage(message)
                        .withAction("Binding")
                        .withCount(1)
                        .withFirstTimestamp(now)
                        .withLastTimestamp(now)
                        .withNewSource()
                        .withComponent(WorkerPool.SCHEDULER)
                        .endSource()
                        .withReportingComponent("framequota.io/scheduler")
                        .withReportingInstance(scheduler)
                        .build())
                .create();
    }

    @Override
    public void close() {
        sender.shutdownNow();
    }
}
