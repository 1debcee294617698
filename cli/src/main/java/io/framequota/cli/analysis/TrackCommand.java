package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.result.ResultReader;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.analysis.zone.Zone;
import io.framequota.analysis.zone.ZoneCounter;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq track}. */
@Command(
        name = "track",
        description = "Number the objects of a result over time, and count them in zones. Nothing is inferred again.",
        footer = {
            "",
            "Each detection of a track gets \"track\": N. An object is where the middle of its box's lower edge is.",
            "A zone of two points is a line: \"in\" counts crossings from its left to its right, seen from the first point.",
            "A zone of more points is an area: detections inside get \"zones\": [NAME]. Units are pixels of the source.",
            "",
            "Examples:",
            "  fq track out.jsonl.gz -o tracks.jsonl.gz",
            "  fq track out.jsonl.gz -o tracks.jsonl.gz --zone door=100,0 100,480",
            "  fq track out.jsonl.gz --zone door=100,0 100,480 --zone hall=0,0 320,0 320,480 0,480 --json"
        })
public final class TrackCommand implements Callable<Integer> {
    private final Terminal terminal;

    @Parameters(paramLabel = "RESULT", description = "Result, as fq results writes it; - for standard input.")
    private String result = "";

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description =
                    "File for the result with tracks; compressed if its name ends in .gz (default: only the counts are"
                            + " printed).")
    private @Nullable String output;

    @Option(
            names = "--zone",
            arity = "1..*",
            paramLabel = "NAME=X,Y X,Y ...",
            description = "Line (two points) or area (more) to count in. Repeatable.")
    private List<String> zones = List.of();

    @Option(
            names = "--high-score",
            paramLabel = "SCORE",
            description = "Detections from this score on start tracks (default: ${DEFAULT-VALUE}).")
    private double highScore = TrackerSettings.DEFAULT.highScore();

    @Option(
            names = "--low-score",
            paramLabel = "SCORE",
            description = "Detections below this score are left out (default: ${DEFAULT-VALUE}).")
    private double lowScore = TrackerSettings.DEFAULT.lowScore();

    @Option(
            names = "--max-gap",
            paramLabel = "FRAMES",
            description = "Most inferred frames for which an object may be hidden (default: ${DEFAULT-VALUE}).")
    private int maxGap = TrackerSettings.DEFAULT.maxGap();

    @Option(
            names = "--min-length",
            paramLabel = "DETECTIONS",
            description = "Fewest detections of a track (default: ${DEFAULT-VALUE}).")
    private int minLength = TrackerSettings.DEFAULT.minLength();

    @Option(names = "--json", description = "Print the counts as one JSON object.")
    private boolean json;

    public TrackCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException {
        TrackerSettings settings = settings();
        List<ZoneCounter> counters = counters();
        Path target = output == null ? null : terminal.target(output);
        try (ResultInput input = ResultInput.open(terminal, result)) {
            if (target != null) {
                FileArgument.refuseOverwriting(
                        List.of(new FileArgument(result, input.path())),
                        List.of(new FileArgument("-o " + output, target)));
                Optional<String> obstacle = OutputFile.obstacle(target);
                if (obstacle.isPresent()) {
                    throw Failure.use("-o " + output + ": " + obstacle.get());
                }
            }
            Tracks tracks = tracks(input, settings);
            if (target == null) {
                write(input, tracks, counters, OutputStream.nullOutputStream());
            } else {
                try (OutputFile file = terminal.open(target)) {
                    OutputStream bytes = FileNames.text(target).endsWith(".gz")
                            ? new GZIPOutputStream(file.stream(), 1 << 16)
                            : new BufferedOutputStream(file.stream(), 1 << 16);
                    write(input, tracks, counters, bytes);
                    if (bytes instanceof GZIPOutputStream gzip) {
                        gzip.finish();
                    }
                    bytes.flush();
                    file.keep();
                }
            }
            // Standard output may be where the lines go.
            if (target == null || !Terminal.isStandardOutput(target)) {
                report(tracks, counters);
            }
        }
        return Failure.DONE;
    }

    private TrackerSettings settings() {
        try {
            return new TrackerSettings(highScore, lowScore, maxGap, minLength);
        } catch (IllegalArgumentException e) {
            throw Failure.use("--high-score " + highScore + " --low-score " + lowScore + " --max-gap " + maxGap
                    + " --min-length " + minLength + ": " + e.getMessage());
        }
    }

    private List<ZoneCounter> counters() {
        try {
            return Zone.parse(zones).stream().map(ZoneCounter::new).toList();
        } catch (IllegalArgumentException e) {
            throw Failure.use("--zone: " + e.getMessage());
        }
    }

    private static Tracks tracks(ResultInput input, TrackerSettings settings) throws IOException {
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
        return tracks;
    }

    private static void write(ResultInput input, Tracks tracks, List<ZoneCounter> counters, OutputStream out)
            throws IOException {
        ObjectMapper mapper = new ObjectMapper();
        input.each(line -> {
            JsonNode node = switch (line) {
                case ResultReader.Frame(var frame) -> withTracks(frame, tracks, counters);
                case ResultReader.Other(var other) -> other;
            };
            out.write(mapper.writeValueAsString(node).getBytes(StandardCharsets.UTF_8));
            out.write('\n');
        });
    }

    private static ObjectNode withTracks(ResultFrame frame, Tracks tracks, List<ZoneCounter> counters) {
        for (int i = 0; i < frame.objects().size(); i++) {
            ObjectNode detection = (ObjectNode) frame.json().path("detections").path(i);
            long number = tracks.number(frame.key(), i);
            detection.remove(List.of("track", "zones"));
            if (number > 0) {
                detection.put("track", number);
                List<String> inside = new ArrayList<>();
                for (ZoneCounter counter : counters) {
                    if (counter.see(number, frame.objects().get(i).box(), frame.ptsMs())) {
                        inside.add(counter.zone().name());
                    }
                }
                if (!inside.isEmpty()) {
                    ArrayNode names = detection.putArray("zones");
                    inside.forEach(names::add);
                }
            }
        }
        return frame.json();
    }

    private void report(Tracks tracks, List<ZoneCounter> counters) {
        if (json) {
            ObjectNode root = new ObjectMapper().createObjectNode().put("tracks", tracks.count());
            ArrayNode all = root.putArray("zones");
            counters.forEach(c -> all.addObject()
                    .put("name", c.zone().name())
                    .put("in", c.in())
                    .put("out", c.out())
                    .put("tracks", c.tracks())
                    .put("inside_seconds", Math.round(1000 * c.insideSeconds()) / 1000.0));
            terminal.print(root.toString());
            return;
        }
        terminal.print(tracks.count() == 1 ? "1 track" : tracks.count() + " tracks");
        if (!counters.isEmpty()) {
            List<List<String>> rows = new ArrayList<>();
            rows.add(List.of("ZONE", "IN", "OUT", "TRACKS", "SECONDS INSIDE"));
            counters.forEach(c -> rows.add(List.of(
                    c.zone().name(),
                    Integer.toString(c.in()),
                    Integer.toString(c.out()),
                    Integer.toString(c.tracks()),
                    c.zone().isLine() ? "-" : String.format(Locale.ROOT, "%.1f", c.insideSeconds()))));
            terminal.print(Formatting.table(rows));
        }
    }
}
