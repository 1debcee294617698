package io.framequota.cli.jobs;

import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.results.ResultFile;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.local.Installation;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code fq results}. */
@Command(
        name = "results",
        description = "Fetch the detections of a job; of a running job, those found so far.",
        footer = {
            "",
            "Examples:",
            "  fq results 1f0c2a9d -o out.jsonl.gz",
            "  fq results 1f0c2a9d --format coco -o out.json"
        })
public final class ResultsCommand extends OneJobCommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "File to write (default, and -: standard output).")
    private @Nullable String output;

    @Option(names = "--format", paramLabel = "FORMAT", description = "Format: jsonl (default), coco, kitti or csv.")
    private Format format = Format.jsonl;

    @Option(names = "--follow", description = "Wait until the job has ended.")
    private boolean follow;

    /** Formats of the server. */
    enum Format {
        jsonl,
        coco,
        kitti,
        csv
    }

    public ResultsCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException, IOException {
        String path = "/api/v1/jobs/" + client.job(id).id() + "/detections?follow=" + follow + "&format="
                + (format == Format.jsonl ? "gzip" : format.name());
        Path target = output == null ? null : terminal.target(output);
        Optional<String> obstacle = target == null ? Optional.empty() : OutputFile.obstacle(target);
        if (obstacle.isPresent()) {
            throw Failure.use("-o " + output + ": " + obstacle.get());
        }
        try (InputStream in = client.open(path, "*/*")) {
            if (target == null || Terminal.isStandardOutput(target)) {
                // A screen or a pipe gets lines, only files get gzip.
                terminal.print(format == Format.jsonl ? new GZIPInputStream(in) : in);
            } else if (format == Format.jsonl) {
                try (ResultFile file = new ResultFile(terminal.open(target), FileNames.text(target))) {
                    file.takeFrom(in);
                    file.keep();
                }
            } else {
                try (OutputFile file = terminal.open(target)) {
                    in.transferTo(file.stream());
                    file.keep();
                }
            }
        }
        return Failure.DONE;
    }
}
