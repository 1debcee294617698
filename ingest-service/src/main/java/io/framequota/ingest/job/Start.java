package io.framequota.ingest.job;

import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Singleton;

/** Begins the job half's own work, once everything it needs is there. */
@Singleton
final class Start {
    private final Retention retention;
    private final FactQueue facts;
    private final JobRunner runner;

    Start(Retention retention, FactQueue facts, JobRunner runner) {
        this.retention = retention;
        this.facts = facts;
        this.runner = runner;
    }

    /** Behind the messaging's own start: before it there is no channel to send on. */
    void begin(@Observes StartupEvent started) {
        retention.start();
        facts.start();
        runner.start();
    }
}
