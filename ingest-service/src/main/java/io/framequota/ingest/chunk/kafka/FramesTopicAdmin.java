package io.framequota.ingest.chunk.kafka;

import io.smallrye.common.annotation.Identifier;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The only admin client of this process, created on first use with the {@code kafka.*} settings. */
@ApplicationScoped
class FramesTopicAdmin {
    private final String bootstrap;
    private final Map<String, Object> settings;
    private @Nullable Admin admin;

    @Inject
    FramesTopicAdmin(
            @Identifier("default-kafka-broker") Map<String, Object> settings,
            @ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092") String bootstrap) {
        this.bootstrap = bootstrap;
        this.settings = new HashMap<>(settings);
        this.settings.keySet().retainAll(AdminClientConfig.configNames());
        this.settings.put(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap);
        this.settings.put(AdminClientConfig.CLIENT_ID_CONFIG, "ingest-frames-admin");
    }

    String bootstrap() {
        return bootstrap;
    }

    synchronized Admin get() {
        Admin current = admin;
        if (current == null) {
            current = Admin.create(settings);
            admin = current;
        }
        return current;
    }

    @PreDestroy
    synchronized void close() {
        if (admin != null) {
            admin.close(Duration.ofSeconds(1));
            admin = null;
        }
    }
}
