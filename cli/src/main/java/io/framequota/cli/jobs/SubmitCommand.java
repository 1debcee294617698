package io.framequota.cli.jobs;

import io.framequota.cli.client.ServerClient;
import io.framequota.cli.client.Source;
import io.framequota.cli.client.Submission;
import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.Terminal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq submit}. */
@Command(
        name = "submit",
        description = "Submit sources as jobs and print their ids; local files are uploaded.",
        footer = {
            "",
            "Examples:",
            "  fq submit street.mp4 --label camera=north",
            "  fq submit https://example.org/a.mp4 --model faces",
            "  ffmpeg ... -f matroska - | fq submit -"
        })
public final class SubmitCommand extends ServerCommand {
    @Parameters(
            paramLabel = "SOURCE",
            arity = "1..*",
            description = "Video file, - for standard input, http(s) URL or sample:walkers.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--model", paramLabel = "NAME", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "people";

    @Option(names = "--every", paramLabel = "N", description = "Infer every Nth frame (default: ${DEFAULT-VALUE}).")
    private int every = 1;

    @Option(
            names = "--stream",
            paramLabel = "N",
            description = "Stream of the source to decode, as ffprobe counts them (default: the one that a viewer would"
                    + " call the video).")
    private @Nullable Integer stream;

    @Option(
            names = "--label",
            paramLabel = "K=V",
            description = "A label of the jobs; may be repeated. Policies read deadline (seconds), weight and tenant.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--idempotency-key",
            paramLabel = "K",
            description = "The same key again answers with the job that it made first; for one SOURCE.")
    private @Nullable String key;

    public SubmitCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        if (key != null && sources.size() > 1) {
            throw Failure.use("--idempotency-key names one job: give one SOURCE");
        }
        if (every < 1) {
            throw Failure.use("--every " + every + ": give 1 or more");
        }
        if (stream != null && stream < 0) {
            throw Failure.use("--stream " + stream + ": give 0 or more");
        }
        List<Source> parsed = Source.parse(sources, terminal);
        int worst = Failure.DONE;
        for (Source source : parsed) {
            try {
                terminal.print(client.submit(source, new Submission(model, every, labels, key, stream))
                        .id());
            } catch (Failure e) {
                terminal.say(source.text() + ": " + e.line());
                worst = Math.max(worst, e.exitCode());
            }
        }
        return worst;
    }
}
