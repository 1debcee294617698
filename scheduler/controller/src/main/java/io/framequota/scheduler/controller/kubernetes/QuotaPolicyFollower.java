package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.quota.Actuator;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The leader applies each new generation of the QuotaPolicy that {@code FRAMEQUOTA_KUBERNETES_QUOTAPOLICY} names, and writes the
 * conditions {@code Applied} and {@code Enforced} into its status. The policy is selected once per generation, so the later one
 * of {@code kubectl apply} and {@code fq policy} wins. Budget and actuator are stored nowhere else, so every new leader applies
 * them.
 */
@ApplicationScoped
public class QuotaPolicyFollower {
    private static final Logger LOG = Logger.getLogger(QuotaPolicyFollower.class);
    private static final long PERIOD_SECONDS = 1;

    private final Instance<KubernetesClient> client;
    private final Scheduler scheduler;
    private final Optional<String> namespace;
    private final Optional<String> name;
    private final Semaphore wakeUps = new Semaphore(0);
    private volatile boolean closed;
    private volatile @Nullable GenericKubernetesResource latest;
    private @Nullable Thread thread;
    private @Nullable SharedIndexInformer<GenericKubernetesResource> informer;

    private String logged = "";
    private @Nullable Generation done;
    private @Nullable Enforced enforced;

    @Inject
    QuotaPolicyFollower(
            Instance<KubernetesClient> client,
            Scheduler scheduler,
            @ConfigProperty(name = "framequota.kubernetes.namespace") Optional<String> namespace,
            @ConfigProperty(name = "framequota.kubernetes.quotapolicy") Optional<String> name) {
        this.client = client;
        this.scheduler = scheduler;
        this.namespace = namespace;
        this.name = name;
    }

    void start(@Observes StartupEvent event) {
        if (namespace.isPresent() && name.isPresent()) {
            thread = Thread.ofPlatform().name("quotapolicy").daemon().start(this::run);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        closed = true;
        if (thread != null) {
            thread.interrupt();
        }
        if (informer != null) {
            informer.close();
        }
    }

    private void run() {
        while (!closed) {
            try {
                if (informer == null) {
                    informer = QuotaPolicyCustomResource.named(
                                    client.get(), namespace.orElseThrow(), name.orElseThrow())
                            .inform(new Watch());
                }
                reconcile();
            } catch (KubernetesClientException e) {
                logOnce(String.valueOf(e.getMessage()));
            } catch (AuthorityException | IllegalStateException e) {
                LOG.infof("the QuotaPolicy is not applied yet, trying again: %s", e.getMessage());
            }
            try {
                if (wakeUps.tryAcquire(PERIOD_SECONDS, TimeUnit.SECONDS)) {
                    wakeUps.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    private void logOnce(String words) {
        if (!words.equals(logged)) {
            logged = words;
            LOG.warnf("the QuotaPolicy %s cannot be followed: %s", name.orElseThrow(), words);
        }
    }

    private void reconcile() {
        GenericKubernetesResource resource = latest;
        DispatcherStatus status = resource == null ? null : scheduler.status();
        if (resource == null || status == null) {
            return;
        }
        long generation = resource.getMetadata().getGeneration();
        Generation now = new Generation(resource.getMetadata().getUid(), generation, status.epoch());
        if (!now.equals(done)) {
            if (QuotaPolicyCustomResource.isRejected(resource)) {
                LOG.infof("the QuotaPolicy's generation %d stays rejected", generation);
            } else {
                QuotaPolicyCustomResource.report(client.get(), resource, apply(resource, generation));
            }
            done = now;
            enforced = null;
        }
        reportEnforcement();
    }

    /** Writes the condition {@code Enforced} if it has changed. */
    private void reportEnforcement() {
        Enforcer.View view = scheduler.enforcement();
        Enforced current = new Enforced(view.actuator(), view.trouble());
        if (!current.equals(enforced)) {
            // Read the resource again: the condition Applied may have been written just now.
            GenericKubernetesResource resource = QuotaPolicyCustomResource.named(
                            client.get(), namespace.orElseThrow(), name.orElseThrow())
                    .get();
            if (resource != null) {
                QuotaPolicyCustomResource.report(client.get(), resource, view);
            }
            enforced = current;
        }
    }

    private record Enforced(Actuator actuator, Enforcer.@Nullable Trouble trouble) {}

    /**
     * A generation that a leader has applied or rejected.
     *
     * @param uid of the resource: the generations of a resource that is deleted and created again start at 1
     * @param epoch of the leader
     */
    private record Generation(String uid, long generation, long epoch) {}

    private QuotaPolicyCustomResource.Outcome apply(GenericKubernetesResource resource, long generation) {
        try {
            QuotaPolicySpec spec = QuotaPolicySpec.of(resource);
            Actuator actuator = spec.actuator().map(Actuator::named).orElseGet(scheduler::configuredActuator);
            String live = generation == CustomResources.observed(resource)
                    ? String.valueOf(QuotaPolicyCustomResource.live(resource))
                    : scheduler.selectPolicy(spec.policy(), spec.parameters()).name();
            scheduler.limitBudget(spec.budget());
            scheduler.selectActuator(actuator);
            LOG.infof("the QuotaPolicy's generation %d is in force", generation);
            return new QuotaPolicyCustomResource.Outcome(
                    true, "Applied", live + " decides from the next grant on", live);
        } catch (InvalidPolicyException e) {
            LOG.warnf("the QuotaPolicy's generation %d cannot be applied: %s", generation, e.explanation());
            return new QuotaPolicyCustomResource.Outcome(false, "BadPolicy", e.explanation(), null);
        } catch (IllegalArgumentException e) {
            return new QuotaPolicyCustomResource.Outcome(false, "BadPolicy", String.valueOf(e.getMessage()), null);
        }
    }

    private final class Watch implements ResourceEventHandler<GenericKubernetesResource> {
        @Override
        public void onAdd(GenericKubernetesResource resource) {
            update(resource);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource resource) {
            update(resource);
        }

        @Override
        public void onDelete(GenericKubernetesResource resource, boolean unknown) {
            // The selected policy stays; without the resource, fq policy selects another.
            latest = null;
        }

        private void update(GenericKubernetesResource resource) {
            latest = resource;
            wakeUps.release();
        }
    }
}
