package io.framequota.ingest.publish.kafka;

import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** The one admin client of this process, made when it is first needed. */
@ApplicationScoped
class FramesAdmin {
    private final String bootstrap;
    private @Nullable Admin admin;

    @Inject
    FramesAdmin(@ConfigProperty(name = "kafka.bootstrap.servers", defaultValue = "localhost:9092") String bootstrap) {
        this.bootstrap = bootstrap;
    }

    String bootstrap() {
        return bootstrap;
    }

    synchronized Admin get() {
        Admin current = admin;
        if (current == null) {
            current = Admin.create(Map.of("bootstrap.servers", bootstrap, "client.id", "ingest-frames-admin"));
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
