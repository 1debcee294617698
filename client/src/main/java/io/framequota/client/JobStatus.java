package io.framequota.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** A job as the server describes it: its JSON, with accessors for the fields that fq uses. */
public record JobStatus(JsonNode json) {
    public String id() {
        return json.path("job").asText();
    }

    public String source() {
        return json.path("source").asText();
    }

    public String model() {
        return json.path("model").asText();
    }

    public String state() {
        return json.path("state").asText();
    }

    /** Frames whose results are committed. */
    public long frames() {
        return json.path("frames").asLong();
    }

    /** Committed frames and those that workers have processed of unfinished chunks. */
    public long framesDone() {
        return json.path("frames_done").asLong(frames());
    }

    /** Estimated number of frames of the whole job, 0 if unknown. */
    public long expectedFrames() {
        return json.path("expected_frames").asLong();
    }

    public long detections() {
        return json.path("detections").asLong();
    }

    /** Width of the first frame as displayed, 0 while unknown. */
    public int width() {
        return json.path("width").asInt();
    }

    /** Height of the first frame as displayed, 0 while unknown. */
    public int height() {
        return json.path("height").asInt();
    }

    /** The cause of a failure, otherwise empty. */
    public String error() {
        return json.path("error").isTextual() ? json.path("error").asText() : "";
    }

    /** Projection of the source's pictures, empty until the source was probed. */
    public String projection() {
        return json.path("projection").asText();
    }

    /** Whether the source's pictures are known to be 360° pictures. */
    public boolean spherical() {
        return !projection().isEmpty() && !projection().equals("flat");
    }

    /** Whether the result was submitted to have tracks. */
    public boolean tracked() {
        return json.path("track").asBoolean();
    }

    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        json.path("warnings").forEach(w -> warnings.add(w.asText()));
        return warnings;
    }

    /** Position among the waiting jobs, from 1; 0 if the job does not wait or its position is unknown. */
    public int position() {
        return json.path("position").asInt();
    }

    /** First forecast of the seconds from submission to end, NaN if there was none. */
    public double forecastS() {
        return json.path("forecast_s").asDouble(Double.NaN);
    }

    /** 10th percentile of the first forecast, NaN if there was none. */
    public double forecastP10S() {
        return json.path("forecast_p10_s").asDouble(Double.NaN);
    }

    /** 90th percentile of the first forecast, NaN if there was none. */
    public double forecastP90S() {
        return json.path("forecast_p90_s").asDouble(Double.NaN);
    }

    /** Latest forecast of the seconds from submission to end, NaN if there is none. */
    public double latestForecastS() {
        return json.path("forecast_latest_s").asDouble(forecastS());
    }

    /** Seconds since submission. */
    public double seconds() {
        return json.path("seconds").asDouble();
    }

    /** Seconds from submission to end, NaN before the end. */
    public double responseS() {
        return json.path("response_s").asDouble(Double.NaN);
    }

    /** Whether the source is a stream that runs until the job is cancelled. */
    public boolean live() {
        return json.has("live");
    }

    /** What a live job waits for, empty while results come. */
    public String waitingFor() {
        return json.path("waiting_for").asText();
    }

    /** Results per second. */
    public double fps() {
        return json.path("fps").asDouble();
    }

    /** Milliseconds from a live picture's arrival to its result, of 95 in 100 over the last minute; NaN if unknown. */
    public double latencyP95Ms() {
        return json.path("latency_ms").path("p95").asDouble(Double.NaN);
    }

    /** Frames of a live job that have no line, by cause. */
    public Map<String, Long> gaps() {
        Map<String, Long> gaps = new TreeMap<>();
        json.path("gaps")
                .properties()
                .forEach(gap -> gaps.put(gap.getKey(), gap.getValue().asLong()));
        return gaps;
    }

    public boolean ended() {
        return switch (state()) {
            case "SUCCEEDED", "FAILED", "CANCELLED" -> true;
            default -> false;
        };
    }

    public boolean cancelled() {
        return state().equals("CANCELLED");
    }

    /** Whether the job failed because its source cannot be used: a second attempt would fail, too. */
    public boolean badInput() {
        return json.path("bad_input").asBoolean();
    }

    public boolean succeeded() {
        return state().equals("SUCCEEDED");
    }
}
