package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.ResultReader;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.analysis.tracked.TrackFields;
import io.framequota.analysis.zone.Zone;
import io.framequota.common.failure.Failure;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/**
 * A result in a file, with tracks and counts in zones. Tracks are found in one pass over the lines and written into them in another,
 * because streams may alternate in a file. For one thread.
 */
public final class TrackedResult {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ResultInput input;
    private final List<Zone> zones;
    private final Tracks tracks;
    private TrackFields fields;

    private TrackedResult(ResultInput input, List<Zone> zones, Tracks tracks) {
        this.input = input;
        this.zones = zones;
        this.tracks = tracks;
        this.fields = new TrackFields(tracks, zones);
    }

    /**
     * Finds the tracks of a result.
     *
     * @throws Failure wrong use: it is no result
     */
    public static TrackedResult of(ResultInput input, TrackerSettings settings, List<Zone> zones) throws IOException {
        Tracks tracks = new Tracks(settings);
        input.each(line -> {
            if (line instanceof ResultReader.Frame(var frame)) {
                try {
                    tracks.add(frame.key(), frame.objects());
                } catch (IllegalArgumentException e) {
                    throw Failure.use(
                            input.text() + ": " + e.getMessage() + "; a result has its frames in order, each once");
                }
            }
        });
        tracks.finish();
        return new TrackedResult(input, zones, tracks);
    }

    /** Writes all lines, compressed or not, and counts. Does not close the stream. */
    public void write(OutputStream out, boolean compressed) throws IOException {
        OutputStream bytes = compressed ? new GZIPOutputStream(out, 1 << 16) : new BufferedOutputStream(out, 1 << 16);
        fields = new TrackFields(tracks, zones);
        input.each(line -> {
            JsonNode node = switch (line) {
                case ResultReader.Frame(var frame) -> fields.write(frame);
                case ResultReader.Other(var other) -> other;
            };
            bytes.write(JSON.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
            bytes.write('\n');
        });
        if (bytes instanceof GZIPOutputStream gzip) {
            gzip.finish();
        }
        bytes.flush();
    }

    /** Counts without writing. */
    public void count() throws IOException {
        write(OutputStream.nullOutputStream(), false);
    }

    /** The counts of the latest writing. */
    public TrackCounts counts() {
        ObjectNode counts = JSON.createObjectNode();
        fields.addTo(counts);
        return new TrackCounts(counts);
    }
}
