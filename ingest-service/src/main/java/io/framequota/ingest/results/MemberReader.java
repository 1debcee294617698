package io.framequota.ingest.results;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.contract.result.AngularBox;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;

/** Reads the lines of a member: a gzip file of JSON lines. */
final class MemberReader {
    private static final ObjectMapper JSON = new ObjectMapper();

    private MemberReader() {}

    /** Receives one line. */
    @FunctionalInterface
    interface Sink {
        void line(ResultLine line) throws IOException;
    }

    /** Reads the lines of all frames; skips lines that belong to no frame. */
    static void each(Path member, Sink sink) throws IOException {
        try (BufferedReader in = open(member)) {
            for (String text = in.readLine(); text != null; text = in.readLine()) {
                JsonNode node = JSON.readTree(text);
                if (node.has("frame")) {
                    sink.line(line(node));
                }
            }
        }
    }

    private static BufferedReader open(Path member) throws IOException {
        return new BufferedReader(
                new InputStreamReader(new GZIPInputStream(Files.newInputStream(member)), StandardCharsets.UTF_8));
    }

    private static @Nullable AngularBox around(JsonNode d) {
        return d.has("yaw")
                ? new AngularBox(
                        d.path("yaw").asDouble(),
                        d.path("pitch").asDouble(),
                        d.path("width_deg").asDouble(),
                        d.path("height_deg").asDouble())
                : null;
    }

    private static ResultLine line(JsonNode node) {
        List<Detection> detections = new ArrayList<>();
        for (JsonNode d : node.path("detections")) {
            JsonNode box = d.path("box");
            detections.add(new Detection(
                    d.path("class").asText(),
                    d.path("class_id").asInt(),
                    (float) d.path("score").asDouble(),
                    (float) box.path(0).asDouble(),
                    (float) box.path(1).asDouble(),
                    (float) box.path(2).asDouble(),
                    (float) box.path(3).asDouble(),
                    around(d)));
        }
        return new ResultLine(
                node.path("frame").asLong(),
                node.path("pts_ms").asDouble(),
                detections,
                node.has("stream") ? node.path("stream").asText() : null,
                node.has("error") ? node.path("error").asText() : null,
                node.path("damaged").asBoolean(),
                node.path("width").asInt(),
                node.path("height").asInt(),
                node.has("file") ? node.path("file").asText() : null);
    }
}
