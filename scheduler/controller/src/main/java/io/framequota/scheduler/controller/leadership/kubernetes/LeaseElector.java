package io.framequota.scheduler.controller.leadership.kubernetes;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.scheduler.controller.leadership.LeaderElector;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.enterprise.inject.Instance;
import jakarta.inject.Inject;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Elects the holder of the Lease that {@code FRAMEQUOTA_KUBERNETES_LEASE} names. */
@ApplicationScoped
public class LeaseElector implements LeaderElector {
    private final Instance<KubernetesClient> client;
    private final Optional<String> namespace;
    private final Optional<String> lease;
    private volatile @Nullable LeaseLoop loop;

    @Inject
    LeaseElector(
            Instance<KubernetesClient> client,
            @ConfigProperty(name = "framequota.kubernetes.namespace") Optional<String> namespace,
            @ConfigProperty(name = "framequota.kubernetes.lease") Optional<String> lease) {
        this.client = client;
        this.namespace = namespace;
        this.lease = lease;
    }

    @Override
    public boolean isConfigured() {
        return namespace.isPresent() && lease.isPresent();
    }

    @Override
    public void start(String name) {
        LeaseLoop started =
                new LeaseLoop(client.get(), namespace.orElseThrow(), lease.orElseThrow(), name, System::nanoTime);
        started.start();
        loop = started;
    }

    @Override
    public boolean mayLead() {
        LeaseLoop current = loop;
        return current != null && current.isHeld();
    }

    @Override
    public boolean isStandby() {
        LeaseLoop current = loop;
        return current != null && current.isHeldByAnother();
    }

    @Override
    public void close() {
        LeaseLoop current = loop;
        if (current != null) {
            current.close();
        }
    }
}
