package io.framequota.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.terminal.Formatting;
import io.framequota.client.JobStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** Formats jobs for people. */
final class JobFormat {
    static String table(List<JobStatus> jobs) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("JOB", "STATE", "FRAMES", "DETECTIONS", "MODEL", "SOURCE"));
        jobs.forEach(j ->
                rows.add(List.of(j.id(), j.state(), frames(j), Long.toString(j.detections()), j.model(), j.source())));
        return Formatting.table(rows);
    }

    /** One line with the state and progress of a job. */
    static String line(JobStatus job) {
        if (job.live()) {
            return liveLine(job);
        }
        StringBuilder line = new StringBuilder(job.id())
                .append(' ')
                .append(job.state())
                .append(' ')
                .append(frames(job))
                .append(frames(job).equals("1") ? " frame, " : " frames, ")
                .append(Formatting.counted(job.detections(), "detection"));
        if (job.spherical()) {
            line.append(", ").append(job.projection());
        }
        line.append(time(job));
        job.warnings().forEach(w -> line.append("; warning: ").append(w));
        return job.error().isEmpty() ? line.toString() : line + ": " + job.error();
    }

    private static String liveLine(JobStatus job) {
        StringBuilder line = new StringBuilder(job.id())
                .append(' ')
                .append(job.state())
                .append(' ')
                .append(Formatting.counted(job.ended() ? job.frames() : job.framesDone(), "frame"))
                .append(", ")
                .append(Formatting.counted(job.detections(), "detection"));
        if (!job.ended() && job.fps() > 0) {
            line.append(String.format(Locale.ROOT, ", %.1f fps", job.fps()));
        }
        if (job.latencyP95Ms() > 0) {
            line.append(String.format(Locale.ROOT, ", p95 %.0f ms", job.latencyP95Ms()));
        }
        job.gaps()
                .forEach((cause, frames) ->
                        line.append(", ").append(frames).append(' ').append(cause));
        if (!job.waitingFor().isEmpty()) {
            line.append("; ").append(job.waitingFor());
        }
        job.warnings().forEach(w -> line.append("; warning: ").append(w));
        return job.error().isEmpty() ? line.toString() : line + ": " + job.error();
    }

    /** The forecast of a running job's end, or the response time of an ended job beside its first forecast. */
    private static String time(JobStatus job) {
        StringBuilder text = new StringBuilder();
        if (job.ended()) {
            if (job.succeeded() && job.forecastS() > 0 && job.responseS() > 0) {
                text.append(String.format(Locale.ROOT, ", %.1f s (forecast %.1f s)", job.responseS(), job.forecastS()));
            }
            return text.toString();
        }
        if (job.position() > 0) {
            text.append(", position ").append(job.position());
        }
        if (job.latestForecastS() > 0) {
            long left = Math.round(job.latestForecastS() - job.seconds());
            text.append(left > 0 ? ", ends in about " + Formatting.duration(left) : ", later than forecast");
        }
        return text.toString();
    }

    /** How regularly the sensors of a KITTI drive recorded: a line for the drive and one for each sensor. */
    static String drive(JsonNode drive) {
        StringBuilder text = new StringBuilder(drive.path("kind").asText());
        JsonNode skew = drive.path("skew_ms");
        if (!skew.isMissingNode()) {
            text.append(String.format(
                    Locale.ROOT,
                    ", cameras %.1f ms apart (median), %.1f ms at most",
                    skew.path("median").asDouble(),
                    skew.path("max").asDouble()));
        }
        for (JsonNode sensor : drive.path("sensors")) {
            text.append("\n  ").append(sensor.path("sensor").asText()).append(": ");
            text.append(sensor.path("files").asLong()).append(" files");
            if (sensor.has("rate_hz")) {
                text.append(String.format(
                        Locale.ROOT,
                        ", %.2f Hz, jitter %.2f ms",
                        sensor.path("rate_hz").asDouble(),
                        sensor.path("jitter_ms").asDouble()));
            }
        }
        return text.toString();
    }

    private static String frames(JobStatus job) {
        if (job.live() && !job.ended()) {
            return job.framesDone() + " live";
        }
        return job.expectedFrames() > 0 && !job.ended()
                ? job.framesDone() + "/" + job.expectedFrames()
                : Long.toString(job.frames());
    }

    private JobFormat() {}
}
