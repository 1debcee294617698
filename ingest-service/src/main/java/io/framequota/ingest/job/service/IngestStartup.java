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

/** Begins the job half's own work, once everything it needs is there. */
@Singleton
final class IngestStartup {
    private static final Logger LOG = Logger.getLogger(IngestStartup.class);

    private final RetentionSweeper retention;
    private final JobEventQueue facts;
    private final DecodeQueue runner;
    private final ProbeQueue prober;
    private final FetchQueue fetches;
    private final IngestConfig config;

    IngestStartup(
            RetentionSweeper retention,
            JobEventQueue facts,
            DecodeQueue runner,
            ProbeQueue prober,
            FetchQueue fetches,
            IngestConfig config) {
        this.retention = retention;
        this.facts = facts;
        this.runner = runner;
        this.prober = prober;
        this.fetches = fetches;
        this.config = config;
    }

    /** Behind the messaging's own start: before it there is no channel to send on. */
    void begin(@Observes StartupEvent started) {
        try {
            FrameTransport.parse(config.framesJpegQuality());
        } catch (IllegalArgumentException e) {
            LOG.errorf("FRAMEQUOTA_FRAMES_JPEG_QUALITY: %s", e.getMessage());
            Quarkus.asyncExit(2);
            return;
        }
        retention.start();
        facts.start();
        runner.start();
        prober.start();
        fetches.start();
    }
}
