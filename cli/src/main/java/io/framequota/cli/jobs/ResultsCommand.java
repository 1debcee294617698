package io.framequota.cli.jobs;

import io.framequota.cli.analysis.TrackCounts;
import io.framequota.cli.analysis.TrackOption;
import io.framequota.cli.options.OneJobCommand;
import io.framequota.cli.results.ResultFile;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fq results}. */
@Command(
        name = "results",
        description = "Fetch the detections of a job; of a running job, those found so far.",
        footer = {
            "",
            "Examples:",
            "  fq results 1f0c2a9d -o out.jsonl.gz",
            "  fq results 1f0c2a9d --follow",
            "  fq results 1f0c2a9d --format coco -o out.json",
            "  fq results 1f0c2a9d --track --format mot -o out.txt",
            "  fq results 1f0c2a9d --zone door=100,0 100,480 -o out.jsonl"
        })
public final class ResultsCommand extends OneJobCommand {
    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "File to write (default, and -: standard output).")
    private @Nullable String output;

    @Option(
            names = "--format",
            paramLabel = "FORMAT",
            description = "Format: jsonl (default), coco, kitti, csv, mot, yolo (a zip archive of labels), cvat or"
                    + " parquet.")
    private Format format = Format.jsonl;

    @Option(
            names = "--follow",
            description = "Wait until the job has ended; of a live job, print each line as soon as it is known.")
    private boolean follow;

    @Mixin
    private TrackOption tracking = new TrackOption();

    /** Formats of the server. */
    enum Format {
        jsonl,
        coco,
        kitti,
        csv,
        mot,
        yolo,
        cvat,
        parquet
    }

    public ResultsCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        super(terminal, installation, environment);
    }

    @Override
    protected int run(ServerClient client, String id) throws InterruptedException, IOException {
        Path target = output == null ? null : terminal.target(output);
        Optional<String> obstacle = target == null ? Optional.empty() : OutputFile.obstacle(target);
        if (obstacle.isPresent()) {
            throw Failure.use("-o " + output + ": " + obstacle.get());
        }
        String query = tracking.query();
        JobStatus job = client.job(id);
        String form = format == Format.jsonl ? "gzip" : format.name();
        boolean numbered = tracking.wanted() || job.tracked();
        boolean lines = target == null || Terminal.isStandardOutput(target);
        if (job.live() && !job.ended() && follow && !lines) {
            // A file appears when it is complete; a live job has no end to wait for.
            throw Failure.use(
                    "-o " + output + " with --follow: the live job " + job.id()
                            + " goes on until it is cancelled; leave out -o and redirect standard output, or leave out --follow");
        }
        if (job.live() && follow && !numbered && format == Format.jsonl && lines) {
            new LiveFollow(terminal, client, job.id()).run();
        } else {
            fetch(
                    client,
                    "/api/v1/jobs/" + job.id() + "/detections?follow=" + follow + "&format=" + form + query,
                    target);
        }
        if (numbered) {
            // Standard output may be where the lines go.
            boolean printed = target != null && !Terminal.isStandardOutput(target);
            TrackCounts.ofJob(client, job, query).lines().forEach(printed ? terminal::print : terminal::say);
        }
        return Failure.DONE;
    }

    private void fetch(ServerClient client, String path, @Nullable Path target)
            throws InterruptedException, IOException {
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
    }
}
