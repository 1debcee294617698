package io.framequota.ingest.api;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import io.framequota.analysis.zone.Zone;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.frame.Projection;
import io.framequota.contract.result.GapLine;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobProgress;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.live.LiveStatus;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.eclipse.microprofile.openapi.annotations.enums.SchemaType;
import org.eclipse.microprofile.openapi.annotations.media.Schema;
import org.jspecify.annotations.Nullable;

/**
 * A job in JSON. The names are stable.
 *
 * @param framesDone frames with a result, and frames that workers have inferred in running chunks
 * @param frameTransport how frames travel to workers, {@code packets}, {@code pixels} or for example {@code jpeg-95}; null until the
 *     source was probed
 * @param frameTransportReason why not as packets
 * @param projection of the source's pictures; null until the source was probed
 * @param badInput true when the job failed because its source cannot be used, else null
 * @param transport how pixels reach the inference server
 * @param stream number of the source's stream, if the submission named one
 * @param tenant whose job it is
 * @param drive how regularly a KITTI drive was recorded; null for other sources and in lists
 * @param seconds from submission to the last result; to now while the job runs
 * @param overheadSeconds busy time except for decoding and the model
 * @param position among waiting jobs, by expected start; null once the job has started
 * @param forecastS seconds from submission to the end in the first forecast; null until there is one
 * @param forecastLatestS the same in the latest forecast of an open job
 * @param forecastMethod {@code simulated}, or {@code counted} when there are too many jobs to simulate
 * @param forecastError relative error of the first forecast: 0.1 when it was 10 % too long
 * @param responseS seconds from submission to the end
 * @param width of the first frame as displayed; null until it is known
 * @param track true when the result has tracks
 * @param zone the zones in which they are counted, in words; null when there are none
 * @param live null for jobs that are not live, as all that follow but {@code waitingFor}
 * @param waitingFor what the job waits for, one line; null while results come. Of a job that is not live, why streams leave it no core
 * @param latencyMs null when there were no results
 * @param annotatedLatencyMs the same for the annotated stream
 * @param dropped frames without a line because inference was behind
 * @param gaps frames without a line, by cause
 */
@JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
@Schema(name = "Job")
record JobJson(
        String job,
        String source,
        String model,

        @Schema(enumeration = {"QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED"})
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
        @Nullable String frameTransport,
        @Nullable String frameTransportReason,
        @Nullable String projection,
        String transport,
        List<String> warnings,
        @Nullable String error,
        @Nullable Boolean badInput,
        Map<String, String> labels,
        String tenant,
        @Schema(type = SchemaType.OBJECT) @Nullable JsonNode drive,
        int every,
        @Nullable Integer stream,
        Instant submittedAt,
        @Nullable Instant endedAt,
        @Nullable Integer position,
        @Nullable Double forecastS,
        @Nullable Double forecastP10S,
        @Nullable Double forecastP90S,
        @Nullable Double forecastLatestS,

        @Schema(enumeration = {"simulated", "counted"}) @Nullable
        String forecastMethod,

        @Nullable Double forecastError,
        @Nullable Double responseS,
        @Nullable Integer width,
        @Nullable Integer height,
        @Nullable Boolean track,
        @Nullable List<String> zone,
        @Nullable LiveJson live,
        @Nullable String waitingFor,
        @Nullable Latency latencyMs,
        @Nullable Latency annotatedLatencyMs,
        @Nullable Long dropped,
        @Nullable Map<String, Long> gaps) {

    /**
     * What makes a job live.
     *
     * @param publish where the annotated stream goes, with its secrets masked
     * @param session how often the stream was opened
     * @param fps frames per second of the stream, 0 when unknown
     */
    @JsonNaming(PropertyNamingStrategies.SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LiveJson(@Nullable String publish, boolean hls, int session, double fps) {}

    /** Milliseconds from a packet's arrival to what came of its frame, over the last minute. */
    record Latency(double p50, double p95) {}

    /**
     * @param warnings the job's, and what is wrong with its files
     * @param currentPolicy shown for a job without a result
     * @param framesInProgress frames that workers have inferred in running chunks
     * @param latest the latest forecast, null when there is none
     * @param drive the report on a KITTI drive, null for other sources
     * @param live a live job at this moment
     */
    static JobJson of(
            Job job,
            List<String> warnings,
            String currentPolicy,
            long framesInProgress,
            @Nullable Forecast latest,
            @Nullable JsonNode drive,
            LiveStatus live,
            Instant now) {
        JobProgress p = job.progress();
        JobProgress.BusyTimes busy = p.busy();
        Instant ended = job.state() instanceof JobState.Ended e ? e.at() : null;
        Instant last = ended == null ? now : p.lastResultAt() == null ? ended : p.lastResultAt();
        double seconds = job.secondsUntil(last);
        Job.FirstForecast first = job.forecast();
        Double response = job.responseSeconds();
        Forecast open = ended == null ? latest : null;
        long done = ended == null ? p.frames() + framesInProgress + live.lines() : p.frames();
        Map<String, Long> gaps = live.allGaps(job);
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
                job.live() && ended == null
                        ? Math.round(live.fps() * 10) / 10.0
                        : seconds > 0 ? Math.round(p.frames() / seconds * 10) / 10.0 : 0,
                seconds(busy.modelMicros()),
                seconds(busy.decodeMicros()),
                seconds(busy.overheadMicros()),
                seconds(busy.waitMicros()),
                p.chunks(),
                p.committed(),
                p.policy().isEmpty() ? currentPolicy : p.policy(),
                p.frameTransport().isEmpty() ? null : p.frameTransport(),
                p.frameTransportReason().isEmpty() ? null : p.frameTransportReason(),
                job.projection().map(Projection::label).orElse(null),
                p.transport(),
                Stream.concat(warnings.stream(), live.warnings().stream()).toList(),
                job.state() instanceof JobState.Failed f ? f.cause() : null,
                job.state() instanceof JobState.Failed f && f.badInput() ? true : null,
                job.spec().labels(),
                job.spec().tenant(),
                drive,
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
                response,
                p.width() > 0 ? p.width() : null,
                p.height() > 0 ? p.height() : null,
                job.spec().tracking().isPresent() ? true : null,
                job.spec()
                        .tracking()
                        .filter(t -> !t.zones().isEmpty())
                        .map(t -> t.zones().stream().map(Zone::text).toList())
                        .orElse(null),
                job.spec().live().map(spec -> live(spec, p.live().stream())).orElse(null),
                live.waitingFor().isEmpty() ? null : live.waitingFor(),
                latency(live.p50Ms(), live.p95Ms()),
                latency(live.annotatedP50Ms(), live.annotatedP95Ms()),
                job.live() ? gaps.getOrDefault(GapLine.DROPPED, 0L) : null,
                job.live() ? gaps : null);
    }

    private static @Nullable Latency latency(double p50, double p95) {
        return p95 > 0 ? new Latency(rounded(p50), rounded(p95)) : null;
    }

    private static LiveJson live(LiveSpec spec, @Nullable LiveStream stream) {
        return new LiveJson(
                spec.publish().isEmpty() ? null : spec.publish(),
                spec.hls(),
                stream == null ? 0 : stream.getSession(),
                stream == null ? 0 : rounded(stream.getFps()));
    }

    private static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    private static double seconds(long micros) {
        return Math.round(micros / 1000.0) / 1000.0;
    }
}
