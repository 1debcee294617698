package io.framequota.analysis.format;

import static io.framequota.analysis.format.ResultExport.rounded;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** A COCO data set. All images precede the annotations, so frames are read twice instead of being held in memory. */
final class CocoExport implements ResultExport {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final List<String> IMAGE_EXTRAS = List.of("camera", "camera_frame", "time_ns", "oxts");
    private static final List<String> ANNOTATION_EXTRAS =
            List.of("zones", "distance_m", "yaw", "pitch", "width_deg", "height_deg");

    private final Map<Integer, String> categories = new TreeMap<>();
    private long annotations;

    @Override
    public void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        // The caller closes the stream.
        try (JsonGenerator json =
                JSON.getFactory().createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeArrayFieldStart("images");
            frames.each(frame -> image(json, source.get(), frame), json::flush);
            json.writeEndArray();
            json.writeArrayFieldStart("annotations");
            frames.each(frame -> annotations(json, frame), json::flush);
            json.writeEndArray();
            categories(json);
            json.writeEndObject();
        }
    }

    private static void image(JsonGenerator json, SourceInfo source, ResultFrame frame) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", frame.key().frame());
        json.writeStringField("file_name", fileName(source, frame));
        json.writeNumberField("width", source.widthOf(frame));
        json.writeNumberField("height", source.heightOf(frame));
        json.writeNumberField("pts_ms", rounded(frame.ptsMs(), 1000));
        if (!frame.key().stream().isEmpty()) {
            json.writeStringField("stream", frame.key().stream());
            json.writeNumberField("frame", frame.key().frame());
        }
        copy(json, frame.json(), IMAGE_EXTRAS);
        if (frame.failed()) {
            json.writeStringField("error", frame.json().path("error").asText());
        }
        if (frame.json().path("damaged").asBoolean()) {
            json.writeBooleanField("damaged", true);
        }
        json.writeEndObject();
    }

    private static String fileName(SourceInfo source, ResultFrame frame) {
        if (!frame.file().isEmpty()) {
            return frame.file();
        }
        String stream = frame.key().stream();
        return source.name() + "#" + (stream.isEmpty() ? "" : stream + "/")
                + frame.key().frame();
    }

    private void annotations(JsonGenerator json, ResultFrame frame) throws IOException {
        JsonNode detections = frame.json().path("detections");
        for (int i = 0; i < frame.objects().size(); i++) {
            DetectedObject found = frame.objects().get(i);
            categories.putIfAbsent(found.classId(), found.label());
            Box box = found.box();
            double width = rounded(box.width(), 100);
            double height = rounded(box.height(), 100);
            json.writeStartObject();
            json.writeNumberField("id", ++annotations);
            json.writeNumberField("image_id", frame.key().frame());
            json.writeNumberField("category_id", found.classId());
            json.writeArrayFieldStart("bbox");
            for (double value : new double[] {rounded(box.x1(), 100), rounded(box.y1(), 100), width, height}) {
                json.writeNumber(value);
            }
            json.writeEndArray();
            json.writeNumberField("area", rounded(width * height, 100));
            json.writeNumberField("iscrowd", 0);
            json.writeNumberField("score", rounded(found.score(), 10_000));
            if (found.track().isPresent()) {
                json.writeNumberField("track_id", found.track().getAsLong());
            }
            copy(json, detections.path(i), ANNOTATION_EXTRAS);
            json.writeEndObject();
        }
    }

    /** Fields that COCO does not have, under the names that they have in a result's lines. Readers skip what they do not know. */
    private static void copy(JsonGenerator json, JsonNode from, List<String> fields) throws IOException {
        for (String field : fields) {
            JsonNode value = from.path(field);
            if (!value.isMissingNode()) {
                json.writeFieldName(field);
                JSON.writeTree(json, value);
            }
        }
    }

    private void categories(JsonGenerator json) throws IOException {
        json.writeArrayFieldStart("categories");
        for (Map.Entry<Integer, String> category : categories.entrySet()) {
            json.writeStartObject();
            json.writeNumberField("id", category.getKey());
            json.writeStringField("name", category.getValue());
            json.writeEndObject();
        }
        json.writeEndArray();
    }
}
