package io.framequota.client;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;

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

    /** The cause of a failure, otherwise empty. */
    public String error() {
        return json.path("error").isTextual() ? json.path("error").asText() : "";
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
