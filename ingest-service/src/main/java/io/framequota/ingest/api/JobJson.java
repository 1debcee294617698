package io.framequota.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.framequota.contract.control.Forecast;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobState;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A job in JSON. The names are stable.
 *
 * @param framesDone frames with a result, and frames that workers have inferred in running chunks
 * @param frameTransport how frames travel to workers, {@code raw} or {@code jpeg-95}
 * @param transport how pixels reach the inference server
 * @param stream number of the source's stream, if the submission named one
 * @param seconds from submission to the last result; to now while the job runs
 * @param overheadSeconds busy time except for decoding and the model
 * @param position among waiting jobs, by expected start; null once the job has started
 * @param forecastS seconds from submission to the end in the first forecast; null until there is one
 * @param forecastLatestS the same in the latest forecast of an open job
 * @param forecastMethod {@code simulated}, or {@code counted} when there are too many jobs to simulate
 * @param forecastError relative error of the first forecast: 0.1 when it was 10 % too long
 * @param responseS seconds from submission to the end
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
record JobJson(
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
     * @param currentPolicy shown for a job without a result
     * @param framesInProgress frames that workers have inferred in running chunks
     * @param latest the latest forecast, null when there is none
     */
    static JobJson of(Job job, String currentPolicy, long framesInProgress, @Nullable Forecast latest, Instant now) {
        JobProgress p = job.progress();
        JobProgress.BusyTimes busy = p.busy();
        Instant ended = job.state() instanceof JobState.Ended e ? e.at() : null;
        Instant last = ended == null ? now : p.lastResultAt() == null ? ended : p.lastResultAt();
        double seconds = job.secondsUntil(last);
        Job.FirstForecast first = job.forecast();
        Double response = job.responseSeconds();
        Forecast open = ended == null ? latest : null;
        long done = ended == null ? p.frames() + framesInProgress : p.frames();
        return new JobJson(
                job.id(),
                job.spec().source(),
                job.spec().model().getName(),
                job.state().name(),
                p.frames(),
                p.expectedFrames() > 0 ? Math.min(done, Math.max(p.expectedFrames(), p.frames())) : done,
                p.expectedFrames(),
                p.detections(),
                seconds,
                seconds > 0 ? Math.round(p.frames() / seconds * 10) / 10.0 : 0,
                seconds(busy.modelMicros()),
                seconds(busy.decodeMicros()),
                seconds(busy.overheadMicros()),
                seconds(busy.waitMicros()),
                p.chunks(),
                p.committed(),
                p.policy().isEmpty() ? currentPolicy : p.policy(),
                p.frameTransport(),
                p.transport(),
                p.allWarnings(),
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

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static double seconds(long micros) {
        return Math.round(micros / 1000.0) / 1000.0;
    }
}
