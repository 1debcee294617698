package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.terminal.Formatting;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How many tracks a result has, and what was counted in its zones.
 *
 * @param json with {@code tracks} and {@code zones}
 */
public record TrackCounts(JsonNode json) {
    /**
     * The server's counts of a job.
     *
     * @param query as {@link TrackOption#query} says it; empty for the zones with which the job was submitted
     */
    public static TrackCounts ofJob(ServerClient client, JobStatus job, String query) throws InterruptedException {
        return new TrackCounts(client.get("/api/v1/jobs/" + job.id() + "/tracks?" + query));
    }

    /** Puts the counts into a JSON object. */
    public void addTo(ObjectNode root) {
        root.set("tracks", json.path("tracks"));
        root.set("zones", json.path("zones"));
    }

    /** The counts for people. */
    public List<String> lines() {
        List<String> lines = new ArrayList<>();
        long tracks = json.path("tracks").asLong();
        lines.add(tracks == 1 ? "1 track" : tracks + " tracks");
        if (!json.path("zones").isEmpty()) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ZONE", "IN", "OUT", "TRACKS", "SECONDS INSIDE"));
            for (JsonNode zone : json.path("zones")) {
                rows.add(List.of(
                        zone.path("name").asText(),
                        zone.path("in").asText(),
                        zone.path("out").asText(),
                        zone.path("tracks").asText(),
                        zone.path("kind").asText().equals("line")
                                ? "-"
                                : String.format(
                                        Locale.ROOT,
                                        "%.1f",
                                        zone.path("inside_seconds").asDouble())));
            }
            lines.addAll(Formatting.table(rows).lines().toList());
        }
        return lines;
    }
}
