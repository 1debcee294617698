package io.framequota.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.framequota.contract.control.Forecast;
import io.framequota.ingest.job.BusyTimes;
import io.framequota.ingest.job.FirstForecast;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job as clients read it. Names are stable.
 *
 * @param framesDone frames with a line, and those that workers have done of chunks that are not finished
 * @param frameTransport how frames travelled to workers, {@code raw} or {@code jpeg-95}
 * @param transport how their pixels reached the inference server
 * @param stream of the source, where one was asked for
 * @param seconds from submission to the last result; to now while it runs
 * @param overheadSeconds busy with anything but decoding and the model
 * @param position among the jobs that wait, by when they are expected to start; null once it has started
 * @param forecastS seconds from submission to the end, as first forecast; null until it was
 * @param forecastLatestS the same as forecast last, while it is open
 * @param forecastMethod {@code simulated}, or {@code counted} when there are too many jobs to simulate
 * @param forecastError of the first forecast, relative to the response: 0.1 when it was 10 % too long
 * @param responseS seconds from submission to its end
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record JobJson(
        String job,
        String source,
        String model,
        String state,
        long frames,
        long framesDone,
        long expectedFrames,
        long detections,
        double seconds,
        double fps,
        double modelSeconds,
        double decodeSeconds,
        double overheadSeconds,
        double waitSeconds,
        int chunks,
        int chunksCommitted,
        String policy,
        String frameTransport,
        String transport,
        List<String> warnings,
        @Nullable String error,
        Map<String, String> labels,
        int every,
        @Nullable Integer stream,
        Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable Integer position,
        @Nullable Double forecastS,
        @Nullable Double forecastP10S,
        @Nullable Double forecastP90S,
        @Nullable Double forecastLatestS,
        @Nullable String forecastMethod,
        @Nullable Double forecastError,
        @Nullable Double responseS) {

    /**
     * @param policy in force now, for a job without a result yet
     * @param underWay frames done of chunks that are not finished
     * @param latest forecast, null when there is none
     */
    static JobJson of(Job job, String policy, long underWay, @Nullable Forecast latest, Instant now) {
        JobProgress t = job.tally();
        BusyTimes busy = t.busy();
        Instant ended = job.state() instanceof JobState.Ended e ? e.at() : null;
        Instant last = ended == null ? now : t.lastResultAt() == null ? ended : t.lastResultAt();
        double seconds = Math.max(0, Duration.between(job.submittedAt(), last).toMillis()) / 1000.0;
        FirstForecast first = job.forecast();
        Double response = ended == null ? null : response(job, ended);
        Forecast open = ended == null ? latest : null;
        long done = ended == null ? t.frames() + underWay : t.frames();
        return new JobJson(
                job.id(),
                job.spec().source(),
                job.spec().model().getName(),
                job.state().name(),
                t.frames(),
                t.expectedFrames() > 0 ? Math.min(done, Math.max(t.expectedFrames(), t.frames())) : done,
                t.expectedFrames(),
                t.detections(),
                seconds,
                seconds > 0 ? Math.round(t.frames() / seconds * 10) / 10.0 : 0,
                seconds(busy.modelMicros()),
                seconds(busy.decodeMicros()),
                seconds(busy.overheadMicros()),
                seconds(busy.waitMicros()),
                t.chunks(),
                t.committed(),
                t.policy().isEmpty() ? policy : t.policy(),
                t.frameTransport(),
                t.transport(),
                warnings(t),
                job.state() instanceof JobState.Failed f ? f.cause() : null,
                job.spec().labels(),
                job.spec().every(),
                job.spec().stream() < 0 ? null : job.spec().stream(),
                job.submittedAt(),
                ended,
                open != null && open.getPosition() > 0 ? open.getPosition() : null,
                first == null ? null : rounded(first.forecastS()),
                first == null ? null : rounded(first.p10S()),
                first == null ? null : rounded(first.p90S()),
                open != null && open.getForecastS() > 0 ? rounded(open.getForecastS()) : null,
                open == null ? null : open.getCounted() ? "counted" : "simulated",
                first == null || response == null || !(job.state() instanceof JobState.Succeeded)
                        ? null
                        : rounded(first.forecastS() / Math.max(1e-3, response) - 1),
                response);
    }

    /** Seconds from submission to the end. */
    public static double response(Job job, Instant ended) {
        return Math.max(0, Duration.between(job.submittedAt(), ended).toMillis()) / 1000.0;
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** With the frames that failed in one line: their own lines say why. */
    public static List<String> warnings(JobProgress t) {
        List<String> warnings = new ArrayList<>(t.warnings());
        if (t.failedFrames() > 0) {
            warnings.add(t.failedFrames() + (t.failedFrames() == 1 ? " frame" : " frames")
                    + " could not be inferred; the result's lines with \"error\" say why");
        }
        return warnings;
    }

    private static double seconds(long micros) {
        return Math.round(micros / 1000.0) / 1000.0;
    }
}
