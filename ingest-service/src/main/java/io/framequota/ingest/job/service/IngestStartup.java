package io.framequota.ingest.job.service;

import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.ledger.JobEventQueue;
import io.framequota.ingest.job.queue.DecodeQueue;
import io.framequota.ingest.job.queue.FetchQueue;
import io.framequota.ingest.job.queue.ProbeQueue;
import io.framequota.ingest.store.RetentionSweeper;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Starts the background work of this service once everything that it needs is started. */
@Singleton
final class IngestStartup {
    private static final Logger LOG = Logger.getLogger(IngestStartup.class);

    private final RetentionSweeper retention;
    private final JobEventQueue events;
    private final DecodeQueue decoding;
    private final ProbeQueue probing;
    private final FetchQueue fetching;
    private final IngestConfig config;

    IngestStartup(
            RetentionSweeper retention,
            JobEventQueue events,
            DecodeQueue decoding,
            ProbeQueue probing,
            FetchQueue fetching,
            IngestConfig config) {
        this.retention = retention;
        this.events = events;
        this.decoding = decoding;
        this.probing = probing;
        this.fetching = fetching;
        this.config = config;
    }

    /** Runs after the start of messaging, which creates the channels that events are sent on. */
    void start(@Observes StartupEvent started) {
        try {
            FrameTransport.parse(config.framesJpegQuality());
        } catch (IllegalArgumentException e) {
            LOG.errorf("FRAMEQUOTA_FRAMES_JPEG_QUALITY: %s", e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        retention.start();
        events.start();
        decoding.start();
        probing.start();
        fetching.start();
    }
}
