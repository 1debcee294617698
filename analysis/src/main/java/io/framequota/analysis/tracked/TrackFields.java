package io.framequota.analysis.tracked;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.track.Tracks;
import io.framequota.analysis.zone.PictureEdges;
import io.framequota.analysis.zone.Zone;
import io.framequota.analysis.zone.ZoneCounter;
import java.util.ArrayList;
import java.util.List;

/** Writes tracks and zones into the lines of a result, in their order, and counts in the zones. For one thread. */
public final class TrackFields {
    private final Tracks tracks;
    private final List<ZoneCounter> counters;

    /** @param tracks has the final numbers of a frame when the frame is written */
    public TrackFields(Tracks tracks, List<Zone> zones) {
        this.tracks = tracks;
        this.counters = zones.stream().map(ZoneCounter::new).toList();
    }

    /** Changes the JSON of a frame, which has its fields {@code track} and {@code zones} then, and returns it. */
    public ObjectNode write(ResultFrame frame) {
        JsonNode detections = frame.json().path("detections");
        for (int i = 0; i < frame.objects().size(); i++) {
            ObjectNode detection = (ObjectNode) detections.path(i);
            long number = tracks.number(frame.key(), i);
            detection.remove(List.of("track", "zones"));
            if (number > 0) {
                detection.put("track", number);
                List<String> inside = see(number, frame, frame.objects().get(i));
                if (!inside.isEmpty()) {
                    ArrayNode names = detection.putArray("zones");
                    inside.forEach(names::add);
                }
            }
        }
        return frame.json();
    }

    private List<String> see(long track, ResultFrame frame, DetectedObject object) {
        PictureEdges edges = object.around() == null
                ? PictureEdges.NONE
                : PictureEdges.around(
                        frame.json().path("width").asInt(),
                        frame.json().path("height").asInt());
        List<String> inside = new ArrayList<>();
        for (ZoneCounter counter : counters) {
            if (counter.see(track, object.box(), frame.ptsMs(), edges)) {
                inside.add(counter.zone().name());
            }
        }
        return inside;
    }

    /** Puts the counts so far into a JSON object: {@code tracks} and {@code zones}. */
    public void addTo(ObjectNode root) {
        root.put("tracks", tracks.count());
        ArrayNode all = root.putArray("zones");
        counters.forEach(c -> all.addObject()
                .put("name", c.zone().name())
                .put("kind", c.zone().isLine() ? "line" : "area")
                .put("in", c.in())
                .put("out", c.out())
                .put("tracks", c.tracks())
                .put("inside_seconds", Math.round(1000 * c.insideSeconds()) / 1000.0));
    }
}
