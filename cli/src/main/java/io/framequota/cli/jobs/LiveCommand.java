package io.framequota.cli.jobs;

import io.framequota.cli.options.ServerCommand;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.ServerClient;
import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq live}. */
@Command(
        name = "live",
        description =
                "Start a live job on a stream and print the job's id. The job runs until fq cancel; fq results --follow"
                        + " prints its lines as they come.",
        footer = {
            "",
            "A stream that is pushed to listen:KEY goes to rtmp://HOST:1935/live/KEY: in OBS, the server is"
                    + " rtmp://HOST:1935/live and the stream key is KEY.",
            "",
            "Examples:",
            "  fq live listen:desk",
            "  fq live rtsp://user:password@camera/stream1 --every 5 --label camera=north",
            "  fq live rtmp://host/live/show --publish rtmp://host/live/annotated"
        })
public final class LiveCommand extends ServerCommand {
    @Parameters(
            paramLabel = "STREAM",
            description = "rtmp://, rtsp:// or http(s):// address, HLS included, or listen:KEY.")
    private String source = "";

    @Option(names = "--model", paramLabel = "NAME", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = "people";

    @Option(names = "--every", paramLabel = "N", description = "Infer every Nth frame (default: ${DEFAULT-VALUE}).")
    private int every = 1;

    @Option(
            names = "--publish",
            paramLabel = "URL",
            description =
                    "Publish the stream with its detections drawn in at this rtmp:// address, which is never shown.")
    private String publish = "";

    @Option(names = "--hls", description = "Offer the stream with its detections drawn in as HLS.")
    private boolean hls;

    @Option(
            names = "--label",
            paramLabel = "K=V",
            description = "Label of the job; can be repeated. Policies read weight and tenant.")
    private Map<String, String> labels = new LinkedHashMap<>();

    @Option(
            names = "--idempotency-key",
            paramLabel = "K",
            description = "Submitting again with the same key returns the same job.")
    private @Nullable String key;

    @Option(names = "--json", description = "Print the job as JSON.")
    private boolean json;

    public LiveCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client) throws InterruptedException {
        if (every < 1) {
            throw Failure.use("--every " + every + ": give 1 or more");
        }
        sayWhichSystem();
        JobStatus job = client.submitLive(source, publish, hls, new Submission(model, every, labels, key));
        terminal.print(json ? job.json().toString() : job.id());
        return Failure.DONE;
    }
}
