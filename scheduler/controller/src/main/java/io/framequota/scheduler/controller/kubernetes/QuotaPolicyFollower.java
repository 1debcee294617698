package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.informers.ResourceEventHandler;
import io.fabric8.kubernetes.client.informers.SharedIndexInformer;
import io.framequota.scheduler.controller.Scheduler;
import io.framequota.scheduler.controller.enforce.Enforcer;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.dispatch.DispatcherStatus;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.quota.Actuator;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The leader applies each new generation of the QuotaPolicy that {@code FRAMEQUOTA_KUBERNETES_QUOTAPOLICY} names, and keeps its
 * status: {@code Applied} (this generation was taken), {@code Live} (what it selects is in force), {@code Feasible} (the budget can be
 * used) and {@code Enforced} (workers are limited as decided). The policy is selected once per generation, so the later one of
 * {@code kubectl apply} and {@code fq policy} wins, and {@code Live} says which. Budget and actuator are stored nowhere else, so every
 * new leader applies them. Other QuotaPolicies of the namespace are told that they are ignored.
 */
@ApplicationScoped
public class QuotaPolicyFollower {
    private static final Logger LOG = Logger.getLogger(QuotaPolicyFollower.class);
    private static final long PERIOD_SECONDS = 1;
    private static final long OTHERS_NANOS = TimeUnit.SECONDS.toNanos(5);
    /** The chart's own resource has this label, so one of another name belongs to another release, whose scheduler follows it. */
    private static final String COMPONENT = "app.kubernetes.io/component";

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
    private @Nullable Outcome outcome;
    private QuotaPolicyCustomResource.@Nullable Status reported;
    private long othersNanos = System.nanoTime() - OTHERS_NANOS;

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
        if (namespace.isPresent()) {
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
                if (informer == null && name.isPresent()) {
                    informer = QuotaPolicyCustomResource.named(
                                    client.get(), namespace.orElseThrow(), name.orElseThrow())
                            .inform(new Watch());
                }
                reconcile();
                informOthers();
            } catch (KubernetesClientException e) {
                if (name.isPresent()) {
                    logOnce(String.valueOf(e.getMessage()));
                }
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
            outcome = apply(resource, generation);
            done = now;
            reported = null;
        }
        if (outcome != null) {
            report(resource, outcome, status);
        }
    }

    /** Writes the status if it has changed, and events for what changed in it. */
    private void report(GenericKubernetesResource resource, Outcome outcome, DispatcherStatus status) {
        ConfiguredPolicy live = scheduler.policy();
        if (live == null) {
            return;
        }
        Enforcer.View enforcement = scheduler.enforcement();
        QuotaPolicyCustomResource.Status current = new QuotaPolicyCustomResource.Status(
                outcome.policy(),
                live.name(),
                enforcement.actuator().label(),
                List.of(
                        outcome.applied(),
                        QuotaPolicyConditions.live(outcome.selected(), live, scheduler.selectedActuator()),
                        QuotaPolicyConditions.feasible(outcome.budget(), status.workers(), enforcement.trouble()),
                        QuotaPolicyConditions.enforced(enforcement)));
        if (!current.equals(reported)) {
            QuotaPolicyCustomResource.report(client.get(), resource, current);
            current.conditions().stream()
                    .filter(c -> QuotaPolicyConditions.isNews(c, resource))
                    .forEach(c -> CustomResources.event(client.get(), resource, c));
            reported = current;
        }
    }

    /** Tells other QuotaPolicies of the namespace that nobody follows them. */
    private void informOthers() {
        if (!scheduler.leads() || System.nanoTime() - othersNanos < OTHERS_NANOS) {
            return;
        }
        othersNanos = System.nanoTime();
        String why = name.map(followed -> "ignored: the scheduler follows the QuotaPolicy " + followed
                        + "; change that one and delete this one")
                .orElse("ignored: the scheduler follows no QuotaPolicy, because it was installed with"
                        + " policy.create=false");
        for (GenericKubernetesResource other : QuotaPolicyCustomResource.all(client.get(), namespace.orElseThrow())) {
            ObjectMeta metadata = other.getMetadata();
            boolean anotherRelease = metadata.getLabels() != null
                    && "scheduler".equals(metadata.getLabels().get(COMPONENT));
            if (!metadata.getName().equals(name.orElse("")) && !anotherRelease) {
                QuotaPolicyCustomResource.reportIgnored(client.get(), other, why);
            }
        }
    }

    /**
     * What came of a generation.
     *
     * @param applied the condition
     * @param policy canonical name of the policy that it made live last, null if it was not applied
     * @param selected what it selects, null if it was not applied
     * @param budget millicores that it asks for, infinite without a limit
     */
    private record Outcome(
            CustomResources.Condition applied,
            @Nullable String policy,
            QuotaPolicyConditions.@Nullable Selected selected,
            double budget) {
        static Outcome rejected(CustomResources.Condition applied) {
            return new Outcome(applied, null, null, Double.POSITIVE_INFINITY);
        }
    }

    /**
     * A generation that a leader has applied or rejected.
     *
     * @param uid of the resource: the generations of a resource that is deleted and created again start at 1
     * @param epoch of the leader
     */
    private record Generation(String uid, long generation, long epoch) {}

    private Outcome apply(GenericKubernetesResource resource, long generation) {
        CustomResources.Condition rejection = QuotaPolicyCustomResource.rejection(resource);
        if (rejection != null) {
            LOG.infof("the QuotaPolicy's generation %d stays rejected", generation);
            return Outcome.rejected(rejection);
        }
        try {
            QuotaPolicySpec spec = QuotaPolicySpec.of(resource);
            Actuator actuator = spec.actuator().map(Actuator::named).orElseGet(scheduler::configuredActuator);
            ConfiguredPolicy chosen = Policies.installed().chooseServing(spec.policy(), spec.parameters());
            if (generation != CustomResources.observed(resource)) {
                scheduler.selectPolicy(spec.policy(), spec.parameters());
            }
            scheduler.limitBudget(spec.budget());
            scheduler.selectActuator(actuator);
            LOG.infof("the QuotaPolicy's generation %d is in force", generation);
            return new Outcome(
                    QuotaPolicyCustomResource.applied(true, "Applied", "generation " + generation + " was taken"),
                    chosen.name(),
                    new QuotaPolicyConditions.Selected(chosen.name(), chosen.parameters(), actuator),
                    spec.budget().orElse(scheduler.configuredBudget()));
        } catch (InvalidPolicyException e) {
            LOG.warnf("the QuotaPolicy's generation %d cannot be applied: %s", generation, e.explanation());
            return Outcome.rejected(QuotaPolicyCustomResource.applied(false, "BadPolicy", e.explanation()));
        } catch (IllegalArgumentException e) {
            return Outcome.rejected(
                    QuotaPolicyCustomResource.applied(false, "BadPolicy", String.valueOf(e.getMessage())));
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
