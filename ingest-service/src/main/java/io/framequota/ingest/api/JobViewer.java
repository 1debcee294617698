package io.framequota.ingest.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.JobNote;
import io.framequota.ingest.drive.DriveSources;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.live.LiveJobs;
import io.framequota.ingest.live.LiveStatus;
import io.framequota.ingest.report.LatestForecasts;
import io.framequota.ingest.report.ReportedWorkers;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.LostResults;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Jobs as clients see them: from the database, with the latest progress and forecasts that workers and the leader reported. */
@Singleton
public final class JobViewer {
    /** Minimum time between two views of a watched job. */
    private static final Duration MIN_INTERVAL = Duration.ofMillis(250);

    /** A watcher is called this often even when nothing changed, so that it notices a lost connection. */
    private static final Duration IDLE_INTERVAL = Duration.ofSeconds(10);

    private final JobService jobs;
    private final ReportedWorkers workers;
    private final LeadershipStore leadership;
    private final LatestForecasts forecasts;
    private final JobChangeNotifier notifier;
    private final DriveSources drives;
    private final LiveJobs live;
    private final LostResults lost;
    private final Clock clock;

    JobViewer(
            JobService jobs,
            ReportedWorkers workers,
            LeadershipStore leadership,
            LatestForecasts forecasts,
            JobChangeNotifier notifier,
            DriveSources drives,
            LiveJobs live,
            LostResults lost,
            Clock clock) {
        this.jobs = jobs;
        this.workers = workers;
        this.leadership = leadership;
        this.forecasts = forecasts;
        this.notifier = notifier;
        this.drives = drives;
        this.live = live;
        this.lost = lost;
        this.clock = clock;
    }

    JobJson view(Job job) {
        return view(
                job,
                job.progress().policy().isEmpty() && !job.ended() ? leadership.policy() : "",
                drives.report(job.id()).orElse(null));
    }

    List<JobJson> view(List<Job> all) {
        String policy = leadership.policy();
        // Reports on drives are files, and too long for a list.
        return all.stream().map(j -> view(j, policy, null)).toList();
    }

    private JobJson view(Job job, String policy, @Nullable JsonNode drive) {
        return JobJson.of(
                job,
                warnings(job),
                // A job that ended without a result ran under no policy.
                job.ended() ? "" : policy,
                workers.framesInProgress(job.id()),
                forecasts.get(job.id()),
                drive,
                live(job),
                clock.instant());
    }

    /** The warnings of a job, and that its result is gone if it is. */
    public List<String> warnings(Job job) {
        return Stream.concat(job.warnings().stream(), lost.warning(job).stream())
                .toList();
    }

    /** The latest forecast of an open job, null when there is none. */
    @Nullable
    public Forecast forecast(Job job) {
        return job.ended() ? null : forecasts.get(job.id());
    }

    /** What is known of a job at this moment beside what the database holds. */
    public LiveStatus live(Job job) {
        LiveStatus status = live.status(job);
        JobNote note = job.ended() ? null : forecasts.note(job.id());
        return note == null ? status : status.with(note);
    }

    /** Watches one job. */
    public interface Watcher {
        /** Called with the job as it is now. */
        void onJob(Job job) throws IOException;

        /** Called when nothing has changed for a while. */
        void onIdle() throws IOException;
    }

    /** A job with everything that a view of it shows. */
    private record Snapshot(
            Job job, long framesInProgress, @Nullable Forecast forecast, LiveStatus live) {}

    private Snapshot snapshot(String id) {
        Job job = jobs.get(id);
        return new Snapshot(job, workers.framesInProgress(id), forecasts.get(id), live(job));
    }

    /** Calls the watcher now and after changes, until the job has ended or the watcher throws. Close changes are merged. */
    public void watch(String id, Watcher watcher) throws IOException, InterruptedException {
        try (JobChangeNotifier.Watch watch = notifier.watch(id)) {
            Snapshot last = snapshot(id);
            watcher.onJob(last.job());
            while (!last.job().ended()) {
                watch.await(IDLE_INTERVAL);
                Snapshot now = snapshot(id);
                if (now.equals(last)) {
                    watcher.onIdle();
                } else {
                    watcher.onJob(now.job());
                }
                last = now;
                if (!last.job().ended()) {
                    Thread.sleep(MIN_INTERVAL);
                }
            }
        }
    }
}
