package io.framequota.ingest.report;

import io.framequota.contract.control.GrantRef;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.WorkerReport;
import io.framequota.ingest.job.ledger.DecodeAheadLimiter;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.store.StoreException;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jboss.logging.Logger;

/** The last reports of workers: whether they are ready, which models they have, and their progress in running chunks. Thread-safe. */
@Singleton
public final class ReportedWorkers {
    private static final Logger LOG = Logger.getLogger(ReportedWorkers.class);
    /** Reports that are older do not count. */
    private static final Duration MAX_AGE = Duration.ofSeconds(2);

    /** Time between two counts of the ready workers, for which all reports are looked at. */
    private static final Duration COUNT_INTERVAL = Duration.ofSeconds(1);

    private record Heartbeat(Instant at, boolean ready, GrantRef running, int frames) {}

    private final AnnouncedModels models;
    private final JobChangeNotifier notifier;
    private final DecodeAheadLimiter ahead;
    private final Clock clock;
    private final Map<String, Heartbeat> heartbeats = new ConcurrentHashMap<>();
    /** What workers do for streams, by job. */
    private final Map<String, Streaming> streams = new ConcurrentHashMap<>();

    private record Streaming(Instant at, LiveRun run) {}

    /** When the ready workers were counted last. For the thread that reads reports. */
    private Instant countedAt = Instant.EPOCH;

    ReportedWorkers(AnnouncedModels models, JobChangeNotifier notifier, DecodeAheadLimiter ahead, Clock clock) {
        this.models = models;
        this.notifier = notifier;
        this.ahead = ahead;
        this.clock = clock;
    }

    /** Takes a report into account. */
    public void accept(WorkerReport report) {
        switch (report.getKind()) {
            case HEARTBEAT -> acceptHeartbeat(report);
            case FINISHED, FAILED, REVOKED ->
                heartbeats.computeIfPresent(
                        report.getWorker(),
                        (name, last) -> last.running().equals(report.getGrant())
                                ? new Heartbeat(last.at(), last.ready(), GrantRef.getDefaultInstance(), 0)
                                : last);
            case LEAVING -> {
                heartbeats.remove(report.getWorker());
                models.retainWorkers(heartbeats.keySet());
            }
            case STARTED, KIND_UNSPECIFIED, UNRECOGNIZED -> {}
        }
    }

    private void acceptHeartbeat(WorkerReport report) {
        Heartbeat now =
                new Heartbeat(clock.instant(), report.getReady(), report.getRunning(), report.getRunningFrames());
        report.getLiveList().forEach(run -> streams.put(run.getJob(), new Streaming(now.at(), run)));
        streams.values().removeIf(s -> s.at().isBefore(now.at().minus(MAX_AGE)));
        Heartbeat before = heartbeats.put(report.getWorker(), now);
        if (heartbeats.values().removeIf(s -> s.at().isBefore(now.at().minus(MAX_AGE.multipliedBy(10))))) {
            models.retainWorkers(heartbeats.keySet());
        }
        if (now.at().isAfter(countedAt.plus(COUNT_INTERVAL))) {
            countedAt = now.at();
            ahead.follow(readyCount());
        }
        if (!now.running().getJob().isEmpty()
                && (before == null
                        || before.frames() != now.frames()
                        || !before.running().equals(now.running()))) {
            notifier.changed(now.running().getJob());
        }
        try {
            // A worker that waits for its inference server lists no models, which does not mean that it has none.
            if (report.getReady()) {
                models.announce(report.getWorker(), report.getModelsList(), report.getUnusableList());
            }
        } catch (StoreException e) {
            LOG.warnf(
                    "worker %s: its models are stored with a later heartbeat: %s", report.getWorker(), e.getMessage());
        }
    }

    /** What a worker did for the stream of a job in its last heartbeat, empty when no worker has it. */
    public Optional<LiveRun> stream(String job) {
        Streaming streaming = streams.get(job);
        return streaming == null || streaming.at().isBefore(clock.instant().minus(MAX_AGE))
                ? Optional.empty()
                : Optional.of(streaming.run());
    }

    /** Frames that living workers have inferred in running chunks of a job. */
    public long framesInProgress(String job) {
        Instant since = clock.instant().minus(MAX_AGE);
        return heartbeats.values().stream()
                .filter(s -> s.at().isAfter(since) && s.running().getJob().equals(job))
                .mapToLong(Heartbeat::frames)
                .sum();
    }

    /** Number of workers that were ready in a heartbeat of the last 2 s. */
    public long readyCount() {
        Instant since = clock.instant().minus(MAX_AGE);
        return heartbeats.values().stream()
                .filter(s -> s.ready() && s.at().isAfter(since))
                .count();
    }
}
