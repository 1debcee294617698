package io.framequota.cli.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.cli.analysis.TrackOption;
import io.framequota.cli.options.ProjectionOption;
import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.options.TransportOption;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq submit}. */
@Command(
        name = "submit",
        description =
                "Submit sources as jobs and print the jobs' ids, or forecast their ends with --dry-run. Uploads local"
                        + " files.",
        footer = {
            "",
            "Examples:",
            "  fq submit street.mp4 --label camera=north",
            "  fq submit https://example.org/a.mp4 --model faces",
            "  ffmpeg ... -f matroska - | fq submit -",
            "  fq submit street.mp4 --track --zone door=100,0 100,480",
            "  fq submit street.mp4 --dry-run --deadline 30s",
            "  fq submit --again 1f0c2a9d --model faces"
        })
public final class SubmitCommand extends ServerCommand {
    @Parameters(
            paramLabel = "SOURCE",
            arity = "0..*",
            description =
                    "Video or picture, folder or zip of pictures, pattern in quotes, - for standard input, http(s) URL or"
                            + " sample:walkers.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--model", paramLabel = "NAME", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "people";

    @Option(names = "--every", paramLabel = "N", description = "Infer every Nth frame (default: ${DEFAULT-VALUE}).")
    private int every = 1;

    @Option(
            names = "--stream",
            paramLabel = "N",
            description = "Number of the stream to decode, as in ffprobe (default: the video stream that a player would"
                    + " show).")
    private @Nullable Integer stream;

    @Mixin
    private TransportOption transport = new TransportOption();

    @Mixin
    private ProjectionOption projection = new ProjectionOption();

    @Mixin
    private TrackOption tracking = new TrackOption();

    @Option(
            names = "--again",
            paramLabel = "JOB",
            description = "Use the source of this job, which the server still has, in place of a SOURCE.")
    private @Nullable String again;

    @Option(
            names = "--label",
            paramLabel = "K=V",
            description = "Label of the jobs; can be repeated. Policies read deadline (seconds), weight and tenant.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--idempotency-key",
            paramLabel = "K",
            description = "Submitting again with the same key returns the same job; for one SOURCE.")
    private @Nullable String key;

    @Option(
            names = "--dry-run",
            description = "Submit nothing; forecast when the job of each SOURCE would end, and whether in time.")
    private boolean dryRun;

    @Option(
            names = "--deadline",
            paramLabel = "TIME",
            description = "With --dry-run: the time in which the job must end, such as 30s.")
    private @Nullable String deadline;

    @Option(names = "--json", description = "With --dry-run: print one JSON object per SOURCE.")
    private boolean json;

    public SubmitCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        if (sources.isEmpty() == (again == null)) {
            throw Failure.use("give SOURCEs, or --again JOB for the source of a job");
        }
        if (again != null && dryRun) {
            throw Failure.use("--dry-run requires a SOURCE and has no --again: fq submit SOURCE --dry-run");
        }
        if (key != null && sources.size() > 1) {
            throw Failure.use("--idempotency-key names one job: give one SOURCE");
        }
        if (every < 1) {
            throw Failure.use("--every " + every + ": give 1 or more");
        }
        if (stream != null && stream < 0) {
            throw Failure.use("--stream " + stream + ": give 0 or more");
        }
        if (!dryRun && (deadline != null || json)) {
            throw Failure.use((json ? "--json" : "--deadline") + " requires --dry-run: fq submit SOURCE --dry-run");
        }
        Submission submission = new Submission(
                model,
                every,
                labels,
                key,
                stream,
                transport.checked(),
                projection.checked(),
                tracking.track(),
                tracking.words());
        if (again != null) {
            sayWhichSystem();
            terminal.print(client.submitAgain(again, submission).id());
            return Failure.DONE;
        }
        return submitAll(client, submission);
    }

    private int submitAll(ServerClient client, Submission submission) throws InterruptedException {
        List<Source> parsed = Source.parse(sources, terminal::source);
        sayWhichSystem();
        int worst = Failure.DONE;
        for (Source source : parsed) {
            try {
                terminal.print(
                        dryRun
                                ? fit(client.wouldFit(source, submission, deadline))
                                : client.submit(source, submission).id());
            } catch (Failure e) {
                terminal.say(source.text() + ": " + e.line());
                worst = Math.max(worst, e.exitCode());
            }
        }
        return worst;
    }

    private String fit(JsonNode answer) {
        if (json) {
            return answer.toString();
        }
        return (answer.path("fits").asBoolean() ? "yes: " : "no: ")
                + answer.path("reason").asText();
    }
}
