package io.framequota.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

/** A job as the server tells of it: its JSON, with names for what fq itself looks at. */
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

    /** Frames with a result. */
    public long frames() {
        return json.path("frames").asLong();
    }

    /** The same and those that workers have done of chunks under way: what moves while one waits. */
    public long framesDone() {
        return json.path("frames_done").asLong(frames());
    }

    /** Frames that it will have as far as the server knows, 0 when it does not. */
    public long expectedFrames() {
        return json.path("expected_frames").asLong();
    }

    public long detections() {
        return json.path("detections").asLong();
    }

    /** Why it failed, empty when it did not. */
    public String error() {
        return json.path("error").isTextual() ? json.path("error").asText() : "";
    }

    public List<String> warnings() {
        List<String> warnings = new ArrayList<>();
        json.path("warnings").forEach(w -> warnings.add(w.asText()));
        return warnings;
    }

    /** Place among the jobs that wait, 0 when it does not wait or nobody knows. */
    public int position() {
        return json.path("position").asInt();
    }

    /** Seconds from its submission to its end, as first forecast; NaN when there was no forecast. */
    public double forecastS() {
        return json.path("forecast_s").asDouble(Double.NaN);
    }

    /** The same as forecast last, NaN when there is none. */
    public double latestForecastS() {
        return json.path("forecast_latest_s").asDouble(forecastS());
    }

    /** Seconds since its submission. */
    public double seconds() {
        return json.path("seconds").asDouble();
    }

    /** Seconds from its submission to its end, NaN before. */
    public double responseS() {
        return json.path("response_s").asDouble(Double.NaN);
    }

    public boolean ended() {
        return switch (state()) {
            case "SUCCEEDED", "FAILED", "CANCELLED" -> true;
            default -> false;
        };
    }

    public boolean succeeded() {
        return state().equals("SUCCEEDED");
    }
}
