package io.framequota.ingest.results;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.job.Job;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Writes a result as a COCO data set. The id of an image is the index of its frame. All images precede the annotations, so the
 * members are read twice instead of being held in memory.
 */
final class CocoWriter {
    private static final JsonFactory JSON = new JsonFactory();

    /** Iterates over the members of a job, as {@link MemberStream#each} does. */
    interface Source {
        void each(String id, boolean follow, MemberStream.Sink sink, MemberStream.Pause pause)
                throws IOException, InterruptedException;
    }

    private final Source members;
    private final Function<String, Job> jobs;

    /** @param jobs returns the current state of a job */
    CocoWriter(Source members, Function<String, Job> jobs) {
        this.members = members;
        this.jobs = jobs;
    }

    void write(String id, boolean follow, OutputStream out) throws IOException, InterruptedException {
        Map<Integer, String> categories = new TreeMap<>();
        long[] annotations = {0};
        int[] images = {0};
        // The caller closes the stream.
        try (JsonGenerator json = JSON.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET)) {
            json.writeStartObject();
            json.writeArrayFieldStart("images");
            members.each(
                    id,
                    follow,
                    file -> {
                        // Read here, because a job has no size before its source is opened.
                        Job job = jobs.apply(id);
                        MemberReader.each(file, line -> image(json, job, line));
                        images[0]++;
                    },
                    json::flush);
            json.writeEndArray();
            json.writeArrayFieldStart("annotations");
            int[] left = {images[0]};
            members.each(
                    id,
                    false,
                    file -> {
                        // Members committed after the images were written have no image here.
                        if (left[0]-- > 0) {
                            MemberReader.each(file, line -> {
                                for (Detection d : line.detections()) {
                                    categories.putIfAbsent(d.classId(), d.label());
                                    annotation(json, ++annotations[0], line.frame(), d);
                                }
                            });
                        }
                    },
                    json::flush);
            json.writeEndArray();
            json.writeArrayFieldStart("categories");
            for (Map.Entry<Integer, String> c : categories.entrySet()) {
                json.writeStartObject();
                json.writeNumberField("id", c.getKey());
                json.writeStringField("name", c.getValue());
                json.writeEndObject();
            }
            json.writeEndArray();
            json.writeEndObject();
        }
    }

    private static void image(JsonGenerator json, Job job, ResultLine line) throws IOException {
        json.writeStartObject();
        json.writeNumberField("id", line.frame());
        json.writeStringField("file_name", job.spec().source() + "#" + line.frame());
        // A line states its size only where it differs from that of the first frame.
        json.writeNumberField(
                "width", line.width() > 0 ? line.width() : job.progress().width());
        json.writeNumberField(
                "height", line.height() > 0 ? line.height() : job.progress().height());
        json.writeNumberField("pts_ms", rounded(line.ptsMs(), 1000));
        if (line.error() != null) {
            json.writeStringField("error", line.error());
        }
        if (line.damaged()) {
            json.writeBooleanField("damaged", true);
        }
        json.writeEndObject();
    }

    private static void annotation(JsonGenerator json, long id, long image, Detection d) throws IOException {
        double x = rounded(d.x1(), 100);
        double y = rounded(d.y1(), 100);
        double width = rounded((double) d.x2() - d.x1(), 100);
        double height = rounded((double) d.y2() - d.y1(), 100);
        json.writeStartObject();
        json.writeNumberField("id", id);
        json.writeNumberField("image_id", image);
        json.writeNumberField("category_id", d.classId());
        json.writeArrayFieldStart("bbox");
        for (double v : new double[] {x, y, width, height}) {
            json.writeNumber(v);
        }
        json.writeEndArray();
        json.writeNumberField("area", rounded(width * height, 100));
        json.writeNumberField("iscrowd", 0);
        json.writeNumberField("score", rounded(d.score(), 10_000));
        json.writeEndObject();
    }

    private static double rounded(double value, int unit) {
        return Math.round(value * unit) / (double) unit;
    }
}
