package io.framequota.analysis.kitti;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.Box;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Says on the lines of a result what the drive knows: camera, its own frame number and time, position, and the distance of each
 * detection. A line depends on the drive and on itself alone. A scan is read for the lines that need it and not kept. As
 * safe for use by many threads as the drive's files are.
 */
public final class DriveLines {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final double NS_PER_MS = 1e6;

    private final Drive drive;
    private final Map<String, Drive.Frame> frames = new HashMap<>();
    private final long firstNs;

    public DriveLines(Drive drive) {
        this.drive = drive;
        drive.frames().forEach(f -> frames.put(f.file(), f));
        firstNs = drive.frames().stream().mapToLong(Drive.Frame::orderNs).min().orElse(0);
    }

    /**
     * A line with what the drive knows of its picture. {@code pts_ms} counts from the drive's first picture on, of any camera.
     *
     * @param line of a result; its {@code file} names the picture; its detections get their distance
     * @return a new line with the fields of the old one; the line itself if the picture is none of the drive's
     */
    public ObjectNode with(ObjectNode line) {
        Drive.Frame frame = frames.get(line.path("file").asText());
        if (frame == null) {
            return line;
        }
        ObjectNode all = JSON.createObjectNode();
        all.set("frame", line.path("frame"));
        all.put("pts_ms", KittiNumbers.rounded((frame.orderNs() - firstNs) / NS_PER_MS));
        all.put("stream", frame.camera()).put("camera", frame.camera()).put("camera_frame", frame.number());
        Long time = frame.timeNs();
        if (time != null) {
            all.put("time_ns", time);
        }
        drive.oxtsOf(frame)
                .ifPresent(o -> all.putObject("oxts")
                        .put("lat", o.lat())
                        .put("lon", o.lon())
                        .put("speed", KittiNumbers.rounded(o.speed()))
                        .put("heading", KittiNumbers.rounded(o.heading())));
        line.properties().forEach(field -> all.putIfAbsent(field.getKey(), field.getValue()));
        addDistances(frame, all);
        return all;
    }

    private void addDistances(Drive.Frame frame, ObjectNode line) {
        JsonNode detections = line.path("detections");
        if (detections.isEmpty()) {
            return;
        }
        depth(frame).ifPresent(depth -> {
            for (JsonNode detection : detections) {
                JsonNode b = detection.path("box");
                OptionalDouble distance = depth.distance(new Box(
                        b.path(0).asDouble(),
                        b.path(1).asDouble(),
                        b.path(2).asDouble(),
                        b.path(3).asDouble()));
                distance.ifPresent(d -> ((ObjectNode) detection).put("distance_m", KittiNumbers.rounded(d)));
            }
        });
    }

    private Optional<PictureDepth> depth(Drive.Frame frame) {
        Long number = drive.scanOf(frame);
        Optional<Calibration> calibration = drive.calibration().filter(c -> c.has(frame.camera()));
        if (number == null || calibration.isEmpty()) {
            return Optional.empty();
        }
        return Optional.ofNullable(read(drive.scans().files().get(number)))
                .map(s -> s.seenBy(calibration.get(), frame.camera()));
    }

    private @Nullable LaserScan read(@Nullable String file) {
        if (file == null) {
            return null;
        }
        try {
            return LaserScan.parse(drive.files().bytes(file, LaserScan.MOST_BYTES), file);
        } catch (IOException | InvalidDriveException e) {
            // Scans of a wrong size are among the drive's problems; the lines of this one have no distance.
            return null;
        }
    }
}
