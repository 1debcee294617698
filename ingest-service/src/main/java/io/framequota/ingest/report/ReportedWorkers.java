package io.framequota.ingest.report;

import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.WorkerReport;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.store.StoreException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** What workers last said of themselves: which models they serve, and how far their running chunks are. */
@Singleton
public final class ReportedWorkers {
    private static final Logger LOG = Logger.getLogger(ReportedWorkers.class);
    private static final Duration SILENT = Duration.ofSeconds(2);

    private record Seen(Instant at, boolean ready, GrantRef running, int frames) {}

    private final AnnouncedModels models;
    private final JobChangeNotifier events;
    private final Clock clock;
    private final Map<String, Seen> workers = new ConcurrentHashMap<>();

    ReportedWorkers(AnnouncedModels models, JobChangeNotifier events, Clock clock) {
        this.models = models;
        this.events = events;
        this.clock = clock;
    }

    /** A report has come. */
    public void reported(WorkerReport report) {
        switch (report.getKind()) {
            case HEARTBEAT -> beat(report);
            case FINISHED, FAILED, REVOKED ->
                workers.computeIfPresent(
                        report.getWorker(),
                        (name, seen) -> seen.running().equals(report.getGrant())
                                ? new Seen(seen.at(), seen.ready(), GrantRef.getDefaultInstance(), 0)
                                : seen);
            case LEAVING -> {
                workers.remove(report.getWorker());
                models.alive(workers.keySet());
            }
            case STARTED, KIND_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private void beat(WorkerReport report) {
        Seen now = new Seen(clock.instant(), report.getReady(), report.getRunning(), report.getRunningFrames());
        Seen before = workers.put(report.getWorker(), now);
        if (workers.values().removeIf(s -> s.at().isBefore(now.at().minus(SILENT.multipliedBy(10))))) {
            models.alive(workers.keySet());
        }
        if (!now.running().getJob().isEmpty()
                && (before == null
                        || before.frames() != now.frames()
                        || !before.running().equals(now.running()))) {
            events.changed(now.running().getJob());
        }
        try {
            // A worker that waits for its inference server lists nothing, which is no news of its models.
            if (report.getReady()) {
                models.announced(report.getWorker(), report.getModelsList(), report.getUnusableList());
            }
        } catch (StoreException e) {
            LOG.warnf("models of %s are kept with a later heartbeat: %s", report.getWorker(), e.getMessage());
        }
    }

    /** Frames of running chunks of a job that workers have done: live, and gone with the worker that said so. */
    public long framesUnderWay(String job) {
        Instant since = clock.instant().minus(SILENT);
        return workers.values().stream()
                .filter(s -> s.at().isAfter(since) && s.running().getJob().equals(job))
                .mapToLong(Seen::frames)
                .sum();
    }

    /** Workers that were ready at their last heartbeat, which came within the last 2 s. */
    public long ready() {
        Instant since = clock.instant().minus(SILENT);
        return workers.values().stream()
                .filter(s -> s.ready() && s.at().isAfter(since))
                .count();
    }
}
