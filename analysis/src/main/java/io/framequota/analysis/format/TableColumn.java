package io.framequota.analysis.format;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A column of tables, which have a row for each detection and for each frame that failed.
 *
 * @param name in the table's header
 * @param decimals of a {@link Kind#DECIMAL} in texts; -1 for as many as it has
 * @param value of a row, null for none: a {@link Long}, a {@link Double} or a {@link String}, as the kind says
 */
record TableColumn(String name, Kind kind, int decimals, Function<TableRow, @Nullable Object> value) {
    /** What is in a column. */
    enum Kind {
        /** A {@link Long}. */
        WHOLE,
        /** A {@link Double}. */
        DECIMAL,
        /** A {@link String}. */
        TEXT,
        /** A {@link Long}: nanoseconds since 1970, UTC. */
        TIME
    }

    /**
     * A row.
     *
     * @param object null for a frame that failed
     * @param json of the object; a missing node for a frame that failed
     */
    record TableRow(
            SourceInfo source, ResultFrame frame, @Nullable DetectedObject object, JsonNode json) {}

    /** All columns. Readers know them by their names; the order of those that were there first is kept. */
    static final List<TableColumn> ALL = List.of(
            new TableColumn("frame", Kind.WHOLE, 0, r -> r.frame().key().frame()),
            new TableColumn("pts_ms", Kind.DECIMAL, 3, r -> r.frame().ptsMs()),
            text("stream", r -> r.frame().key().stream()),
            ofObject("class", Kind.TEXT, 0, DetectedObject::label),
            ofObject("class_id", Kind.WHOLE, 0, o -> (long) o.classId()),
            ofObject("score", Kind.DECIMAL, 4, DetectedObject::score),
            ofObject("x1", Kind.DECIMAL, 2, o -> o.box().x1()),
            ofObject("y1", Kind.DECIMAL, 2, o -> o.box().y1()),
            ofObject("x2", Kind.DECIMAL, 2, o -> o.box().x2()),
            ofObject("y2", Kind.DECIMAL, 2, o -> o.box().y2()),
            text(
                    "error",
                    r -> r.frame().failed() ? r.frame().json().path("error").asText() : ""),
            text("source", r -> r.source().name()),
            text("file", r -> r.frame().file()),
            ofObject(
                    "track",
                    Kind.WHOLE,
                    0,
                    o -> o.track().isPresent() ? o.track().getAsLong() : null),
            text("zones", r -> zones(r.json())),
            whole("time_ns", Kind.TIME, r -> r.frame().json().path("time_ns")),
            whole("camera_frame", Kind.WHOLE, r -> r.frame().json().path("camera_frame")),
            decimal("distance_m", 3, r -> r.json().path("distance_m")),
            decimal("yaw", 2, r -> r.json().path("yaw")),
            decimal("pitch", 2, r -> r.json().path("pitch")),
            decimal("width_deg", 2, r -> r.json().path("width_deg")),
            decimal("height_deg", 2, r -> r.json().path("height_deg")),
            decimal("lat", -1, r -> r.frame().json().path("oxts").path("lat")),
            decimal("lon", -1, r -> r.frame().json().path("oxts").path("lon")),
            decimal("speed", 3, r -> r.frame().json().path("oxts").path("speed")),
            decimal("heading", 3, r -> r.frame().json().path("oxts").path("heading")));

    /** The rows of a frame. */
    static void rows(SourceInfo source, ResultFrame frame, RowSink sink) throws IOException {
        JsonNode detections = frame.json().path("detections");
        if (frame.failed()) {
            sink.row(new TableRow(source, frame, null, detections.path(-1)));
        }
        for (int i = 0; i < frame.objects().size(); i++) {
            sink.row(new TableRow(source, frame, frame.objects().get(i), detections.path(i)));
        }
    }

    /** Takes one row. */
    @FunctionalInterface
    interface RowSink {
        void row(TableRow row) throws IOException;
    }

    /** A text, of which an empty one is none. */
    private static TableColumn text(String name, Function<TableRow, String> value) {
        return new TableColumn(name, Kind.TEXT, 0, r -> {
            String text = value.apply(r);
            return text.isEmpty() ? null : text;
        });
    }

    private static TableColumn ofObject(
            String name, Kind kind, int decimals, Function<DetectedObject, @Nullable Object> value) {
        return new TableColumn(name, kind, decimals, r -> r.object() == null ? null : value.apply(r.object()));
    }

    private static TableColumn whole(String name, Kind kind, Function<TableRow, JsonNode> value) {
        return new TableColumn(name, kind, 0, r -> {
            JsonNode number = value.apply(r);
            return number.isIntegralNumber() && number.canConvertToLong() ? number.asLong() : null;
        });
    }

    private static TableColumn decimal(String name, int decimals, Function<TableRow, JsonNode> value) {
        return new TableColumn(name, Kind.DECIMAL, decimals, r -> {
            JsonNode number = value.apply(r);
            return number.isNumber() ? number.asDouble() : null;
        });
    }

    private static String zones(JsonNode detection) {
        StringBuilder names = new StringBuilder();
        for (JsonNode zone : detection.path("zones")) {
            names.append(names.isEmpty() ? "" : " ").append(zone.asText());
        }
        return names.toString();
    }
}
