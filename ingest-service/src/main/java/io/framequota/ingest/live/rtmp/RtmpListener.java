package io.framequota.ingest.live.rtmp;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.live.DeclaredKeys;
import io.framequota.ingest.live.PushedStreams;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.ShutdownEvent;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.enterprise.inject.Instance;
import jakarta.enterprise.inject.Produces;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Starts the listener with the service, when the settings name a port. */
@Singleton
final class RtmpListener {
    private static final Logger LOG = Logger.getLogger(RtmpListener.class);
    private static final Duration OPENING = Duration.ofSeconds(10);

    private final IngestConfig config;
    private final MeterRegistry metrics;
    private final StreamKeys keys;
    private final RefusalLog refusals = new RefusalLog();
    private @Nullable RtmpServer server;

    RtmpListener(IngestConfig config, MeterRegistry metrics, Instance<DeclaredKeys> declared) {
        this.config = config;
        this.metrics = metrics;
        keys = new StreamKeys(
                KeyPolicy.parse(config.rtmpSecondPublisher()).orElse(KeyPolicy.LAST_WINS),
                config.rtmpIdle(),
                config.rtmpPort().isPresent(),
                // Looked up when it is needed: making jobs needs this listener.
                key -> declared.get().open(key));
    }

    @Produces
    @Singleton
    PushedStreams streams() {
        return keys;
    }

    void start(@Observes StartupEvent started) {
        if (config.rtmpPort().isEmpty()) {
            return;
        }
        if (KeyPolicy.parse(config.rtmpSecondPublisher()).isEmpty()) {
            LOG.errorf(
                    "FRAMEQUOTA_RTMP_SECOND_PUBLISHER: %s is neither last-wins nor first-wins",
                    config.rtmpSecondPublisher());
            Quarkus.asyncExit(2);
            return;
        }
        int port = config.rtmpPort().getAsInt();
        RtmpBounds bounds = new RtmpBounds(
                config.rtmpConnections(), config.rtmpConnectionsPerAddress(), OPENING, config.rtmpIdle());
        try {
            RtmpServer begun = new RtmpServer(InetAddress.getByName(config.rtmpHost()), port, keys, bounds, refusals);
            server = begun;
            Gauge.builder("framequota.rtmp.connections", begun, RtmpServer::connections)
                    .description("RTMP clients")
                    .register(metrics);
            LOG.infof("streams are received at rtmp://%s:%d/live/KEY", config.rtmpHost(), begun.port());
        } catch (IOException e) {
            LOG.errorf(
                    "FRAMEQUOTA_RTMP_PORT: port %d of %s cannot be listened at: %s; choose another one",
                    port, config.rtmpHost(), MessageSanitizer.describe(e));
            Quarkus.asyncExit(2);
            return;
        }
        Gauge.builder("framequota.rtmp.publishers", keys, StreamKeys::publishers)
                .description("Streams that are pushed now")
                .register(metrics);
        FunctionCounter.builder("framequota.rtmp.dropped.pictures", keys, StreamKeys::dropped)
                .description("Pictures of pushed streams that were left out because nobody read them in time")
                .register(metrics);
        FunctionCounter.builder("framequota.rtmp.refused", refusals, RefusalLog::total)
                .description("RTMP clients that were refused")
                .register(metrics);
    }

    void stop(@Observes ShutdownEvent stopped) {
        if (server != null) {
            server.close();
        }
    }
}
