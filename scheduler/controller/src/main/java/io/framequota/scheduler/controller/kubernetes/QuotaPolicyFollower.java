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
 * {@code FRAMEQUOTA_KUBERNETES_QUOTAPOLICY}: the leader does what that QuotaPolicy says, whenever it says something new, and
 * writes into its status whether it could and, as the condition {@code Enforced}, whether workers have what was decided. Its
 * policy counts once for each of its generations, so that of {@code kubectl apply} and {@code fq policy} the later one holds;
 * its budget and actuator are kept nowhere else and count for each leader.
 */
@ApplicationScoped
public class QuotaPolicyFollower {
    private static final Logger LOG = Logger.getLogger(QuotaPolicyFollower.class);
    private static final long LOOK_SECONDS = 1;

    private final Instance<KubernetesClient> client;
    private final Scheduler scheduler;
    private final Optional<String> namespace;
    private final Optional<String> name;
    private final Semaphore news = new Semaphore(0);
    private volatile boolean closed;
    private volatile @Nullable GenericKubernetesResource latest;
    private @Nullable Thread thread;
    private @Nullable SharedIndexInformer<GenericKubernetesResource> informer;

    private String told = "";
    private @Nullable Done done;
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
                follow();
            } catch (KubernetesClientException e) {
                trouble(String.valueOf(e.getMessage()));
            } catch (AuthorityException | IllegalStateException e) {
                // Another look in a moment.
                LOG.infof("the QuotaPolicy waits: %s", e.getMessage());
            }
            try {
                if (news.tryAcquire(LOOK_SECONDS, TimeUnit.SECONDS)) {
                    news.drainPermits();
                }
            } catch (InterruptedException e) {
                return;
            }
        }
    }

    /** The same trouble is told once, not at every look. */
    private void trouble(String words) {
        if (!words.equals(told)) {
            told = words;
            LOG.warnf("the QuotaPolicy %s cannot be followed: %s", name.orElseThrow(), words);
        }
    }

    private void follow() {
        GenericKubernetesResource resource = latest;
        DispatcherStatus status = resource == null ? null : scheduler.status();
        if (resource == null || status == null) {
            return;
        }
        long generation = resource.getMetadata().getGeneration();
        Done now = new Done(resource.getMetadata().getUid(), generation, status.epoch());
        if (!now.equals(done)) {
            if (QuotaPolicyCustomResource.rejected(resource)) {
                LOG.infof("the QuotaPolicy's generation %d stays rejected", generation);
            } else {
                QuotaPolicyCustomResource.report(client.get(), resource, apply(resource, generation));
            }
            done = now;
            enforced = null;
        }
        tellEnforced();
    }

    /** Tells whether the allocation is in force, where that is not what was told last. */
    private void tellEnforced() {
        Enforcer.View view = scheduler.enforcement();
        Enforced current = new Enforced(view.actuator(), view.trouble());
        if (!current.equals(enforced)) {
            // Anew, with the conditions that were written just now.
            GenericKubernetesResource resource = QuotaPolicyCustomResource.named(
                            client.get(), namespace.orElseThrow(), name.orElseThrow())
                    .get();
            if (resource != null) {
                QuotaPolicyCustomResource.report(client.get(), resource, view);
            }
            enforced = current;
        }
    }

    /** What was told of the allocation. */
    private record Enforced(Actuator actuator, Enforcer.@Nullable Trouble trouble) {}

    /**
     * What was looked at last.
     *
     * @param uid a resource that is made again under its name counts its generations from one again
     * @param generation of the resource
     * @param epoch of the leader
     */
    private record Done(String uid, long generation, long epoch) {}

    private QuotaPolicyCustomResource.Outcome apply(GenericKubernetesResource resource, long generation) {
        try {
            QuotaPolicySpec spec = QuotaPolicySpec.of(resource);
            Actuator actuator = spec.actuator().map(Actuator::named).orElseGet(scheduler::configuredActuator);
            String live = generation == CustomResources.observed(resource)
                    ? String.valueOf(QuotaPolicyCustomResource.live(resource))
                    : scheduler.choose(spec.policy(), spec.parameters()).name();
            scheduler.budget(spec.budget());
            scheduler.choose(actuator);
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
            learn(resource);
        }

        @Override
        public void onUpdate(GenericKubernetesResource before, GenericKubernetesResource resource) {
            learn(resource);
        }

        @Override
        public void onDelete(GenericKubernetesResource resource, boolean unknown) {
            // What it chose goes on: a cluster without the resource is steered by fq policy.
            latest = null;
        }

        private void learn(GenericKubernetesResource resource) {
            latest = resource;
            news.release();
        }
    }
}
