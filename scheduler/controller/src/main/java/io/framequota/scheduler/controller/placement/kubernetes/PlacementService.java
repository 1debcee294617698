package io.framequota.scheduler.controller.placement.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.scheduler.controller.Scheduler;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts placement if the settings enable it; by default it is off, and no Kubernetes client is created. */
@ApplicationScoped
public class PlacementService {
    private static final Logger LOG = Logger.getLogger(PlacementService.class);

    private final Instance<KubernetesClient> client;
    private final Scheduler scheduler;
    private final String placement;
    private final boolean gates;
    private final String namespace;
    private final String workers;
    private final String name;
    private @Nullable PlacementLoop loop;

    @Inject
    PlacementService(
            Instance<KubernetesClient> client,
            Scheduler scheduler,
            @ConfigProperty(name = "framequota.placement", defaultValue = "stock") String placement,
            @ConfigProperty(name = "framequota.placement.gates", defaultValue = "false") boolean gates,
            @ConfigProperty(name = "framequota.kubernetes.namespace") Optional<String> namespace,
            @ConfigProperty(name = "framequota.kubernetes.workers") Optional<String> workers,
            @ConfigProperty(name = "framequota.scheduler.name") Optional<String> name) {
        this.client = client;
        this.scheduler = scheduler;
        this.placement = placement;
        this.gates = gates;
        this.namespace = namespace.orElse("");
        this.workers = workers.orElse("");
        this.name = name.orElse("scheduler-" + ProcessHandle.current().pid());
    }

    void start(@Observes StartupEvent event) {
        try {
            loop = chosen();
        } catch (IllegalArgumentException e) {
            LOG.error(e.getMessage());
            Quarkus.asyncExit(2);
        }
    }

    void stop(@Observes ShutdownEvent event) {
        if (loop != null) {
            loop.close();
        }
    }

    private @Nullable PlacementLoop chosen() {
        boolean ours = switch (placement) {
            case "framequota" -> true;
            case "stock" -> false;
            default ->
                throw new IllegalArgumentException("FRAMEQUOTA_PLACEMENT: stock or framequota, not " + placement);
        };
        if (!ours && !gates) {
            return null;
        }
        if (namespace.isEmpty() || workers.isEmpty()) {
            throw new IllegalArgumentException("FRAMEQUOTA_PLACEMENT and FRAMEQUOTA_PLACEMENT_GATES need"
                    + " FRAMEQUOTA_KUBERNETES_NAMESPACE and FRAMEQUOTA_KUBERNETES_WORKERS");
        }
        WorkerPool pool;
        try {
            pool = WorkerPool.of(namespace, workers);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("FRAMEQUOTA_KUBERNETES_WORKERS: " + e.getMessage(), e);
        }
        PlacementLoop made = ours
                ? PlacementLoop.binding(client.get(), pool, name, scheduler::leads)
                : PlacementLoop.liftingGates(client.get(), pool, name, scheduler::leads);
        return made.start();
    }
}
