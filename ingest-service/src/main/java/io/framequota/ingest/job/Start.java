package io.framequota.ingest.job;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.frame.FrameTransport;
import io.quarkus.runtime.Quarkus;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;
import org.jboss.logging.Logger;

/** Begins the job half's own work, once everything it needs is there. */
@Singleton
final class Start {
    private static final Logger LOG = Logger.getLogger(Start.class);

    private final Retention retention;
    private final FactQueue facts;
    private final JobRunner runner;
    private final Prober prober;
    private final SourceFetches fetches;
    private final IngestConfig config;

    Start(
            Retention retention,
            FactQueue facts,
            JobRunner runner,
            Prober prober,
            SourceFetches fetches,
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
