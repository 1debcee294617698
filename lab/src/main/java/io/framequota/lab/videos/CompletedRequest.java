package io.framequota.lab.videos;

import io.framequota.client.JobStatus;
import java.time.Duration;
import java.time.Instant;

/**
 * A request that was served.
 *
 * @param request its number in the file, from 1
 * @param job as the server has it at its end
 * @param intended when it should have been submitted
 * @param lateS seconds by which it was submitted later
 */
record CompletedRequest(int request, JobStatus job, Instant intended, double lateS) {
    /** When it ended, by the server's clock. */
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
