package io.framequota.ingest.api;

import io.framequota.contract.control.Forecast;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.report.LatestForecasts;
import io.framequota.ingest.report.ReportedWorkers;
import io.framequota.ingest.store.LeadershipStore;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Jobs as clients see them: what the authority holds, with what workers say of the chunks under way. */
@Singleton
public final class JobViewer {
    /** So often a watcher sees a change at most. */
    private static final Duration SPACING = Duration.ofMillis(250);

    /** So often a watcher hears something, changed or not: that is how a connection that is gone is noticed. */
    private static final Duration QUIET = Duration.ofSeconds(10);

    private final JobService jobs;
    private final ReportedWorkers workers;
    private final LeadershipStore leadership;
    private final LatestForecasts forecasts;
    private final JobChangeNotifier events;
    private final Clock clock;

    JobViewer(
            JobService jobs,
            ReportedWorkers workers,
            LeadershipStore leadership,
            LatestForecasts forecasts,
            JobChangeNotifier events,
            Clock clock) {
        this.forecasts = forecasts;
        this.jobs = jobs;
        this.workers = workers;
        this.leadership = leadership;
        this.events = events;
        this.clock = clock;
    }

    JobJson view(Job job) {
        return view(job, job.tally().policy().isEmpty() && !job.ended() ? leadership.policy() : "");
    }

    List<JobJson> view(List<Job> all) {
        String policy = leadership.policy();
        return all.stream().map(j -> view(j, policy)).toList();
    }

    private JobJson view(Job job, String policy) {
        // One that ended before anything of it was granted ran under no policy.
        return JobJson.of(
                job,
                job.ended() ? "" : policy,
                workers.framesUnderWay(job.id()),
                forecasts.of(job.id()),
                clock.instant());
    }

    /** The latest forecast of an open job, null when there is none. */
    @Nullable
    public Forecast forecast(Job job) {
        return job.ended() ? null : forecasts.of(job.id());
    }

    /** Follows one job. */
    public interface Watcher {
        /** The job as it is now. */
        void job(Job job) throws IOException;

        /** Nothing has changed for a while. */
        void quiet() throws IOException;
    }

    /** Tells the job now and after changes, those that come close together as one, until it has ended or the watcher throws. */
    public void watch(String id, Watcher watcher) throws IOException, InterruptedException {
        try (JobChangeNotifier.Watch watch = events.watch(id)) {
            Job job = jobs.get(id);
            long progress = workers.framesUnderWay(id);
            Forecast forecast = forecasts.of(id);
            watcher.job(job);
            while (!job.ended()) {
                watch.await(QUIET);
                Job now = jobs.get(id);
                long progressNow = workers.framesUnderWay(id);
                Forecast forecastNow = forecasts.of(id);
                if (now.equals(job) && progress == progressNow && Objects.equals(forecast, forecastNow)) {
                    watcher.quiet();
                } else {
                    job = now;
                    progress = progressNow;
                    forecast = forecastNow;
                    watcher.job(job);
                }
                if (!job.ended()) {
                    Thread.sleep(SPACING);
                }
            }
        }
    }
}
