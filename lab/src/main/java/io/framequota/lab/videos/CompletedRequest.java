package io.framequota.lab.videos;

import io.framequota.client.JobStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * A request whose job has ended.
 *
 * @param request number in the file, from 1
 * @param job status of the job at its end
 * @param intended intended time of submission
 * @param lateS delay of the submission in seconds
 */
record CompletedRequest(int request, JobStatus job, Instant intended, double lateS) {
    /** The end of the job by the server's clock. */
    Instant at() {
        return Instant.parse(job.json().path("ended_at").asText());
    }

    /** Seconds from the intended submission to the end. */
    double responseS() {
        return seconds(intended, at());
    }

    /** Seconds between two instants. */
    static double seconds(Instant from, Instant to) {
        return Duration.between(from, to).toNanos() / 1e9;
    }
}
