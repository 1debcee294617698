package io.framequota.scheduler.controller.leadership.kubernetes;

import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.api.model.coordination.v1.LeaseSpec;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Takes and renews one Lease, on a thread of its own. Needs {@code get}, {@code create} and {@code update} of it.
 *
 * <p>Another's lease counts as expired when it was seen unchanged for its whole duration by our clock: clocks of different
 * machines are never compared. Our own counts as lost some time before others may take it.
 */
public final class LeaseLoop implements AutoCloseable {
    private static final Logger LOG = Logger.getLogger(LeaseLoop.class);
    /** After so long without a renewal others may take it. */
    static final Duration DURATION = Duration.ofSeconds(15);
    /** After so long without a renewal we do not count on it any more. */
    private static final Duration TRUSTED = Duration.ofSeconds(10);

    private static final Duration RENEWED = Duration.ofSeconds(2);

    private final KubernetesClient client;
    private final String namespace;
    private final String name;
    private final String holder;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile boolean held;
    private volatile long renewedNanos;
    private volatile boolean following;
    private volatile long followedNanos;

    private @Nullable String seenVersion;
    private long seenNanos;

    /** Starts to compete for it as {@code holder}. */
    LeaseLoop(KubernetesClient client, String namespace, String name, String holder) {
        this.client = client;
        this.namespace = namespace;
        this.name = name;
        this.holder = holder;
        this.thread = Thread.ofPlatform().name("lease").daemon().start(this::run);
    }

    /** Whether it is ours, with time to spare. */
    boolean holds() {
        return held && System.nanoTime() - renewedNanos < TRUSTED.toNanos();
    }

    /** Whether it was seen a moment ago, and is another's. */
    boolean follows() {
        return following && System.nanoTime() - followedNanos < TRUSTED.toNanos();
    }

    private void run() {
        try {
            do {
                round();
            } while (!closed.await(RENEWED.toMillis(), TimeUnit.MILLISECONDS));
            release();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void round() {
        // Before the call: what it writes may be in force from then on, and expires then.
        long before = System.nanoTime();
        try {
            boolean taken = attempt(before);
            if (taken) {
                renewedNanos = before;
            } else {
                followedNanos = before;
            }
            following = !taken;
            if (taken != held) {
                LOG.infof(taken ? "holds the lease %s" : "does not hold the lease %s any more", name);
            }
            held = taken;
        } catch (KubernetesClientException e) {
            if (e.getCode() == 409) {
                // Somebody else was faster.
                held = false;
            } else {
                LOG.warnf("the lease %s could not be renewed: %s", name, e.getMessage());
            }
        }
    }

    private boolean attempt(long now) {
        Lease lease = client.leases().inNamespace(namespace).withName(name).get();
        if (lease == null) {
            client.leases().inNamespace(namespace).resource(claimed(null)).create();
            return true;
        }
        String version = lease.getMetadata().getResourceVersion();
        if (!Objects.equals(version, seenVersion)) {
            seenVersion = version;
            seenNanos = now;
        }
        String owner = lease.getSpec() == null ? null : lease.getSpec().getHolderIdentity();
        boolean free = owner == null || owner.isEmpty() || owner.equals(holder) || now - seenNanos > duration(lease);
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

    /** The lease as ours; with the version that it was read with, so that of two only one succeeds. */
    private Lease claimed(@Nullable Lease before) {
        ZonedDateTime now = ZonedDateTime.now(ZoneOffset.UTC);
        if (before == null) {
            return new LeaseBuilder()
                    .withNewMetadata()
                    .withName(name)
                    .withNamespace(namespace)
                    .endMetadata()
                    .withNewSpec()
                    .withHolderIdentity(holder)
                    .withLeaseDurationSeconds((int) DURATION.toSeconds())
                    .withAcquireTime(now)
                    .withRenewTime(now)
                    .withLeaseTransitions(0)
                    .endSpec()
                    .build();
        }
        LeaseSpec spec = before.getSpec() == null ? new LeaseSpec() : before.getSpec();
        LeaseBuilder builder = new LeaseBuilder(before);
        if (!holder.equals(spec.getHolderIdentity())) {
            int transitions = spec.getLeaseTransitions() == null ? 0 : spec.getLeaseTransitions();
            builder.editOrNewSpec()
                    .withAcquireTime(now)
                    .withLeaseTransitions(transitions + 1)
                    .endSpec();
        }
        return builder.editOrNewSpec()
                .withHolderIdentity(holder)
                .withLeaseDurationSeconds((int) DURATION.toSeconds())
                .withRenewTime(now)
                .endSpec()
                .build();
    }

    private void release() {
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
            LOG.infof("the lease %s was not given back, it expires: %s", name, e.getMessage());
        }
    }

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
