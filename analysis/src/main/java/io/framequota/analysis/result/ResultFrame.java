package io.framequota.analysis.result;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * A line of a result about one frame. The JSON is kept, with fields that nobody here knows.
 *
 * @param json the line; a caller that changes it changes what is written
 * @param key which frame it is about
 * @param ptsMs presentation time in milliseconds
 * @param objects in the order of the line's detections; empty if nothing was found or the frame failed
 * @param failed whether the line says that the frame could not be inferred
 */
public record ResultFrame(ObjectNode json, FrameKey key, double ptsMs, List<DetectedObject> objects, boolean failed) {
    /** Most detections that a line may have. */
    private static final int MOST_OBJECTS = 100_000;

    /**
     * Reads a line.
     *
     * @param place file and line, for messages
     */
    static ResultFrame of(ObjectNode json, String place) throws InvalidResultException {
        JsonNode frame = json.path("frame");
        if (!frame.isIntegralNumber() || !frame.canConvertToLong() || frame.asLong() < 0) {
            throw new InvalidResultException(place + ": \"frame\" must be a whole number from 0");
        }
        List<DetectedObject> objects = new ArrayList<>();
        JsonNode detections = json.path("detections");
        if (!detections.isMissingNode() && !detections.isArray() || detections.size() > MOST_OBJECTS) {
            throw new InvalidResultException(
                    place + ": \"detections\" must be a list of at most " + MOST_OBJECTS + " objects");
        }
        for (JsonNode detection : detections) {
            objects.add(object(detection, place));
        }
        return new ResultFrame(
                json,
                new FrameKey(json.path("stream").asText(""), frame.asLong()),
                json.path("pts_ms").asDouble(),
                List.copyOf(objects),
                json.has("error"));
    }

    /**
     * Which frame it is about, by the count of its own camera if the line has it: a recording and a part of it agree on that, and
     * so do their truths.
     */
    public FrameKey recordedKey() {
        JsonNode own = json.path("camera_frame");
        return own.isIntegralNumber() && own.canConvertToLong() ? new FrameKey(key.stream(), own.asLong()) : key;
    }

    /** The line as it is now, after its JSON was changed into that of another valid line. */
    public static ResultFrame of(ObjectNode json) {
        try {
            return of(json, "a line");
        } catch (InvalidResultException e) {
            throw new IllegalArgumentException(e.getMessage(), e);
        }
    }

    /** Name of the picture in its folder or archive, empty for a video. */
    public String file() {
        return json.path("file").asText("");
    }

    private static DetectedObject object(JsonNode json, String place) throws InvalidResultException {
        JsonNode box = json.path("box");
        if (!json.path("class").isTextual() || box.size() != 4) {
            throw new InvalidResultException(
                    place + ": a detection needs \"class\" and \"box\": [left, top, right, bottom]");
        }
        double[] corners = new double[4];
        for (int i = 0; i < 4; i++) {
            corners[i] = box.get(i).asDouble(Double.NaN);
            if (!Double.isFinite(corners[i])) {
                throw new InvalidResultException(place + ": a box has a value that is not a number");
            }
        }
        JsonNode track = json.path("track");
        JsonNode distance = json.path("distance_m");
        return new DetectedObject(
                json.path("class").asText(),
                json.path("score").asDouble(1),
                new Box(corners[0], corners[1], corners[2], corners[3]),
                track.isIntegralNumber() ? OptionalLong.of(track.asLong()) : OptionalLong.empty(),
                distance.isNumber() ? OptionalDouble.of(distance.asDouble()) : OptionalDouble.empty(),
                json.path("class_id").asInt(),
                around(json));
    }

    private static @Nullable SphereBox around(JsonNode json) {
        return json.path("yaw").isNumber() && json.path("pitch").isNumber()
                ? new SphereBox(
                        json.path("yaw").asDouble(),
                        json.path("pitch").asDouble(),
                        json.path("width_deg").asDouble(),
                        json.path("height_deg").asDouble())
                : null;
    }
}
