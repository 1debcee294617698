package io.framequota.scheduler.controller.enforce.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.scheduler.controller.enforce.InitialLimits;
import io.framequota.scheduler.controller.enforce.LimitBackend;
import io.framequota.scheduler.controller.enforce.WorkerLimits;
import io.framequota.scheduler.controller.observe.ReportedCpuUse;
import io.framequota.scheduler.quota.Actuator;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/**
 * Limits worker pods of a cluster: {@code FRAMEQUOTA_KUBERNETES_NAMESPACE} is their namespace, {@code _WORKERS} their label
 * selector and {@code _CONTAINER} the container that computes. A worker is named like its pod. Without a namespace no Kubernetes
 * client is created.
 */
@ApplicationScoped
public class KubernetesLimitBackend implements LimitBackend {
    private final Instance<KubernetesClient> client;
    private final Optional<String> namespace;
    private final String workers;
    private final String container;
    private final ReportedCpuUse use;

    @Inject
    KubernetesLimitBackend(
            Instance<KubernetesClient> client,
            @ConfigProperty(name = "framequota.kubernetes.namespace") Optional<String> namespace,
            @ConfigProperty(
                            name = "framequota.kubernetes.workers",
                            defaultValue = "app.kubernetes.io/name=framequota,app.kubernetes.io/component=worker")
                    String workers,
            @ConfigProperty(name = "framequota.kubernetes.container", defaultValue = "inference-server")
                    String container,
            ReportedCpuUse use) {
        this.client = client;
        this.namespace = namespace;
        this.workers = workers;
        this.container = container;
        this.use = use;
    }

    @Override
    public boolean isConfigured() {
        return namespace.isPresent();
    }

    @Override
    public WorkerLimits open(Actuator actuator, WorkerLimits.Observer observer) {
        return PodLimits.open(client.get(), pods(), actuator, observer, use);
    }

    @Override
    public Optional<InitialLimits> initialLimits() {
        return Optional.of(PodInitialLimits.open(client.get(), pods()));
    }

    private WorkerPods pods() {
        return new WorkerPods(namespace.orElseThrow(), workers, container);
    }
}
