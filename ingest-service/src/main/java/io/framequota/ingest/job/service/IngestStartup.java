package io.framequota.ingest.job.service;

import io.framequota.ingest.access.AccessKeys;
import io.framequota.ingest.access.AuthMode;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.ledger.JobEventQueue;
import io.framequota.ingest.job.queue.DecodeQueue;
import io.framequota.ingest.job.queue.FetchQueue;
import io.framequota.ingest.job.queue.ProbeQueue;
import io.framequota.ingest.live.LiveJobs;
import io.framequota.ingest.live.LiveResults;
import io.framequota.ingest.store.LostResults;
import io.framequota.ingest.store.RetentionSweeper;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Optional;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logging.Logger;

/** Starts the background work of this service once everything that it needs is started. */
@Singleton
final class IngestStartup {
    private static final Logger LOG = Logger.getLogger(IngestStartup.class);

    private final RetentionSweeper retention;
    private final LostResults lost;
    private final JobEventQueue events;
    private final DecodeQueue decoding;
    private final ProbeQueue probing;
    private final FetchQueue fetching;
    private final LiveJobs live;
    private final LiveResults liveResults;
    private final AccessKeys keys;
    private final IngestConfig config;
    private final String host;

    IngestStartup(
            RetentionSweeper retention,
            LostResults lost,
            JobEventQueue events,
            DecodeQueue decoding,
            ProbeQueue probing,
            FetchQueue fetching,
            LiveJobs live,
            LiveResults liveResults,
            AccessKeys keys,
            IngestConfig config,
            @ConfigProperty(name = "quarkus.http.host") String host) {
        this.retention = retention;
        this.lost = lost;
        this.events = events;
        this.decoding = decoding;
        this.probing = probing;
        this.fetching = fetching;
        this.live = live;
        this.liveResults = liveResults;
        this.keys = keys;
        this.config = config;
        this.host = host;
    }

    /** Runs after the start of messaging, which creates the channels that events are sent on. */
    void start(@Observes StartupEvent started) {
        try {
            PixelTransport.parse(config.framesJpegQuality());
        } catch (IllegalArgumentException e) {
            LOG.errorf("FRAMEQUOTA_FRAMES_JPEG_QUALITY: %s", e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        Optional<String> closed = keys.start();
        if (closed.isPresent()) {
            LOG.error(closed.get());
            Quarkus.asyncExit(2);
            return;
        }
        if (keys.mode() == AuthMode.OFF && !isLoopback(host)) {
            LOG.warnf(
                    "everybody who reaches %s may do everything: set %s=keys and FRAMEQUOTA_ADMIN_KEY to ask for keys",
                    host, AuthMode.VARIABLE);
        }
        retention.start();
        lost.start();
        decoding.start();
        probing.start();
        fetching.start();
        // Before the scheduler is told of open jobs: no stream of theirs is open now.
        live.start();
        events.start();
        liveResults.start();
    }

    private static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
