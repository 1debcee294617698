package io.framequota.scheduler.controller.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.framequota.scheduler.controller.Scheduler;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * With {@code FRAMEQUOTA_EXPERIMENTS}, the leader runs every Experiment of its namespace in a Job and writes the results into the
 * status. Without it, it says in the status that nobody runs them.
 */
@ApplicationScoped
public class ExperimentFollower {
    private static final Logger LOG = Logger.getLogger(ExperimentFollower.class);
    private static final long PERIOD_SECONDS = 2;
    private static final long OFF_PERIOD_SECONDS = 5;

    private final Instance<KubernetesClient> client;
    private final Scheduler scheduler;
    private final boolean on;
    private final Optional<String> namespace;
    private final ExperimentJob jobs;
    private @Nullable Thread thread;

    @Inject
    ExperimentFollower(
            Instance<KubernetesClient> client,
            Scheduler scheduler,
            @ConfigProperty(name = "framequota.experiments", defaultValue = "false") boolean on,
            @ConfigProperty(name = "framequota.experiments.image", defaultValue = "framequota/fq:0.1.0") String image,
            @ConfigProperty(name = "framequota.experiments.pull-policy", defaultValue = "IfNotPresent")
                    String pullPolicy,
            @ConfigProperty(name = "framequota.experiments.service-account", defaultValue = "default")
                    String serviceAccount,
            @ConfigProperty(name = "framequota.kubernetes.namespace") Optional<String> namespace) {
        this.client = client;
        this.scheduler = scheduler;
        this.on = on;
        this.namespace = namespace;
        this.jobs = new ExperimentJob(image, pullPolicy, serviceAccount);
    }

    void start(@Observes StartupEvent event) {
        if (namespace.isPresent()) {
            thread = Thread.ofPlatform().name("experiments").daemon().start(this::run);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (thread != null) {
            thread.interrupt();
        }
    }

    private void run() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                if (scheduler.status() != null) {
                    ExperimentReconciler reconciler =
                            new ExperimentReconciler(client.get(), namespace.orElseThrow(), jobs);
                    if (on) {
                        reconciler.reconcile();
                    } else {
                        reconciler.reportOff();
                    }
                }
            } catch (KubernetesClientException | IllegalStateException e) {
                // Where they are off, the cluster need not even know the resource.
                LOG.logf(
                        on ? Logger.Level.WARN : Logger.Level.DEBUG,
                        "experiments are not reconciled, trying again: %s",
                        e.getMessage());
            }
            try {
                TimeUnit.SECONDS.sleep(on ? PERIOD_SECONDS : OFF_PERIOD_SECONDS);
            } catch (InterruptedException e) {
                return;
            }
        }
    }
}
