package io.framequota.ingest.job.ledger;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.time.Duration;
import java.util.Locale;
import org.jboss.logging.Logger;

/** Logs what becomes of each job, in a handful of lines, and counts it. Thread-safe. */
@Singleton
final class JobStory {
    private static final Logger LOG = Logger.getLogger(JobStory.class);

    private final MeterRegistry metrics;
    private final Counter submitted;
    private final Counter framesIn;
    private final Counter framesOut;
    private final Timer response;

    JobStory(MeterRegistry metrics) {
        this.metrics = metrics;
        submitted = Counter.builder("framequota.jobs.submitted")
                .description("Jobs that were submitted")
                .register(metrics);
        framesIn = Counter.builder("framequota.frames.in")
                .description("Frames that were given to workers in chunks; again if a chunk is written again")
                .register(metrics);
        framesOut = Counter.builder("framequota.frames.out")
                .description("Frames whose result line was committed, those of live streams too")
                .register(metrics);
        response = Timer.builder("framequota.job.response")
                .description("Seconds from the submission of a job to its end; of jobs that succeeded and are not live")
                .serviceLevelObjectives(
                        Duration.ofMillis(500),
                        Duration.ofSeconds(1),
                        Duration.ofSeconds(2),
                        Duration.ofSeconds(5),
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(30),
                        Duration.ofMinutes(1),
                        Duration.ofMinutes(5),
                        Duration.ofMinutes(30),
                        Duration.ofHours(2))
                .register(metrics);
        // Families are shown from the start, so that a rate over the first job is not lost.
        for (String state : new String[] {"SUCCEEDED", "FAILED", "CANCELLED"}) {
            endings(state);
        }
    }

    private Counter endings(String state) {
        return Counter.builder("framequota.jobs.ended")
                .description("Jobs that have ended, by their last state")
                .tag("state", state)
                .register(metrics);
    }

    void submitted(Job job) {
        submitted.increment();
        LOG.infof(
                "job %s: submitted: %s, model %s",
                job.id(),
                MessageSanitizer.sanitize(job.spec().source()),
                MessageSanitizer.sanitize(job.spec().model().getName()));
    }

    /** @param whyPixels empty when frames travel as packets */
    void probed(String id, Probed probed, String whyPixels) {
        LOG.infof(
                "job %s: about %d frames to infer; they travel as %s%s",
                id,
                probed.getExpectedFrames(),
                whyPixels.isEmpty() ? "packets" : "pixels: ",
                whyPixels.isEmpty() ? "" : MessageSanitizer.sanitize(whyPixels));
    }

    void started(String id) {
        LOG.infof("job %s: started; its source is being read", id);
    }

    void queuedAgain(Job job) {
        LOG.infof("job %s: queued again; its missing chunks will run", job.id());
    }

    /** A chunk was given to the workers. */
    void written(int frames) {
        framesIn.increment(frames);
    }

    /** Lines were committed. */
    void committed(int frames) {
        framesOut.increment(frames);
    }

    void ended(Job job) {
        if (!(job.state() instanceof JobState.Ended ended)) {
            return;
        }
        endings(ended.name()).increment();
        double seconds = job.secondsUntil(ended.at());
        if (ended instanceof JobState.Succeeded && !job.live()) {
            response.record(Duration.ofNanos((long) (seconds * 1e9)));
        }
        String after = String.format(Locale.ROOT, "%.1f s", seconds);
        switch (ended) {
            case JobState.Succeeded _ ->
                LOG.infof(
                        "job %s: SUCCEEDED after %s with %d frames and %d detections",
                        job.id(), after, job.progress().frames(), job.progress().detections());
            case JobState.Failed failed -> LOG.infof("job %s: FAILED after %s: %s", job.id(), after, failed.cause());
            case JobState.Cancelled _ -> LOG.infof("job %s: CANCELLED after %s", job.id(), after);
        }
    }
}
