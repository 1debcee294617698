package io.framequota.scheduler.controller.leadership.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Acquires and renews one Lease, on a thread of its own. Needs the rights {@code get}, {@code create} and {@code update} on it.
 *
 * <p>Another holder's Lease counts as expired once this process has seen it unchanged for its whole duration, by this process's
 * clock; clocks of different machines are never compared. An own Lease counts as lost {@link #DURATION} - {@link #TRUSTED}
 * before another candidate may take it. An update carries the resource version that was read, so of two candidates that
 * update at once only one succeeds.
 */
final class LeaseLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseLoop.class);
    /** Others may take the Lease after this time without a renewal. */
    static final Duration DURATION = Duration.ofSeconds(8);
    /** The holder stops relying on the Lease after this time without a renewal. */
    static final Duration TRUSTED = Duration.ofSeconds(7);
    /** The time between two attempts to acquire or renew. */
    static final Duration PERIOD = Duration.ofSeconds(1);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;
    private final LongSupplier nanoTime;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean held;
    private volatile long renewedNanos;
    private volatile boolean heldByAnother;
    private volatile long seenHeldNanos;
    // Confined to the thread.
    private @Nullable String seenVersion;
    private long changedNanos;

    /** @param nanoTime a clock that never goes back, in nanoseconds */
    LeaseLoop(KubernetesClient client, String namespace, String name, String holder, LongSupplier nanoTime) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.holder = holder;
        this.nanoTime = nanoTime;
        this.thread = Thread.ofPlatform().name("lease").daemon().unstarted(this::run);
    }

    /** Starts to compete for the Lease. */
    void start() {
        thread.start();
    }

    /** Whether this candidate holds the Lease, with time to spare. */
    boolean isHeld() {
        return held && isRecent(renewedNanos);
    }

    /** Whether another candidate was seen to hold the Lease recently. */
    boolean isHeldByAnother() {
        return heldByAnother && isRecent(seenHeldNanos);
    }

    private boolean isRecent(long nanos) {
        return nanoTime.getAsLong() - nanos < TRUSTED.toNanos();
    }

    private void run() {
        try {
            do {
                attempt();
            } while (!closed.await(PERIOD.toMillis(), TimeUnit.MILLISECONDS));
            release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** One attempt to acquire or renew the Lease. */
    void attempt() {
        // Before the calls: the server may apply an update at once, so the Lease may expire this early.
        long before = nanoTime.getAsLong();
        try {
            boolean acquired = acquire(before);
            if (acquired) {
                renewedNanos = before;
            } else {
                seenHeldNanos = before;
            }
            heldByAnother = !acquired;
            if (acquired != held) {
                LOG.infof(acquired ? "holding the lease %s" : "no longer holding the lease %s", name);
            }
            held = acquired;
        } catch (RuntimeException e) {
            if (e instanceof KubernetesClientException refused
                    && refused.getCode() == HttpURLConnection.HTTP_CONFLICT) {
                // Another candidate updated it first.
                held = false;
            } else {
                // Whatever it was, also a client that is closed: the loop goes on, and what it holds runs out by time.
                LOG.warnf("the lease %s was not renewed, trying again: %s", name, e.getMessage());
            }
        }
    }

    private boolean acquire(long now) {
        Lease lease = client.leases().inNamespace(namespace).withName(name).get();
        if (lease == null) {
            client.leases().inNamespace(namespace).resource(claimed(null)).create();
            return true;
        }
        String version = lease.getMetadata().getResourceVersion();
        if (!Objects.equals(version, seenVersion)) {
            seenVersion = version;
            changedNanos = now;
        }
        String owner = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        boolean free = owner == null || owner.isEmpty() || owner.equals(holder) || now - changedNanos > duration(lease);
        if (!free) {
            return false;
        }
        client.leases().inNamespace(namespace).resource(claimed(lease)).update();
        return true;
    }

    private static long duration(Lease lease) {
        Integer seconds = lease.getSpec().getLeaseDurationSeconds();
        return seconds == null
                ? DURATION.toNanos()
                : Duration.ofSeconds(seconds).toNanos();
    }

    /** The Lease with this candidate as its holder. */
    private Lease claimed(@Nullable Lease before) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        LeaseBuilder builder = before == null
                ? new LeaseBuilder()
                        .withNewMetadata()
                        .withName(name)
                        .withNamespace(namespace)
                        .endMetadata()
                : new LeaseBuilder(before);
        LeaseSpec spec = before == null ? null : before.getSpec();
        if (spec == null || !holder.equals(spec.getHolderIdentity())) {
            Integer transitions = spec == null ? null : spec.getLeaseTransitions();
            builder.editOrNewSpec()
                    .withAcquireTime(now)
                    .withLeaseTransitions(before == null ? 0 : transitions == null ? 1 : transitions + 1)
                    .endSpec();
        }
        return builder.editOrNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds((int) DURATION.toSeconds())
                .withRenewTime(now)
                .endSpec()
                .build();
    }

    /** Gives the Lease back, so that another candidate need not wait until it expires. */
    void release() {
        if (!held) {
            return;
        }
        held = false;
        try {
            Lease lease = client.leases().inNamespace(namespace).withName(name).get();
            if (lease != null && holder.equals(lease.getSpec().getHolderIdentity())) {
                client.leases()
                        .inNamespace(namespace)
                        .resource(new LeaseBuilder(lease)
                                .editSpec()
                                .withHolderIdentity("")
                                .endSpec()
                                .build())
                        .update();
            }
        } catch (KubernetesClientException e) {
            LOG.infof("the lease %s was not released and will expire: %s", name, e.getMessage());
        }
    }

    /** Stops competing and gives the Lease back. */
    @Override
    public void close() {
        closed.countDown();
        try {
            thread.join(Duration.ofSeconds(3));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
