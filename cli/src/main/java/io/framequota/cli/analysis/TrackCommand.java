package io.framequota.cli.analysis;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.zone.Zone;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
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
        List<Zone> counted = TrackOption.zones(zones);
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
            TrackedResult tracked = TrackedResult.of(input, settings, counted);
            if (target == null) {
                tracked.count();
            } else {
                try (OutputFile file = terminal.open(target)) {
                    tracked.write(file.stream(), FileNames.text(target).endsWith(".gz"));
                    file.keep();
                }
            }
            // Standard output may be where the lines go.
            if (target == null || !Terminal.isStandardOutput(target)) {
                report(tracked);
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

    private void report(TrackedResult tracked) {
        if (json) {
            ObjectNode root = new ObjectMapper().createObjectNode();
            tracked.counts().addTo(root);
            terminal.print(root.toString());
        } else {
            tracked.counts().lines().forEach(terminal::print);
        }
    }
}
