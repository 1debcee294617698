package io.framequota.cli.detect;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.analysis.TrackCounts;
import io.framequota.cli.analysis.TrackOption;
import io.framequota.cli.options.LocalOptions;
import io.framequota.cli.options.ProjectionOption;
import io.framequota.cli.options.TransportOption;
import io.framequota.cli.policy.PolicyNames;
import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.JobStatus;
import io.framequota.client.Source;
import io.framequota.client.Submission;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.common.text.PictureNames;
import io.framequota.local.Installation;
import io.framequota.local.LocalSettings;
import io.framequota.local.RunFolders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq detect}. */
@Command(
        name = "detect",
        description =
                "Detect objects in videos: run one job per SOURCE on the system that fq up runs on the default data"
                        + " folder or, if there is none or its settings differ from the options, on a private one that is"
                        + " started for it and stopped.",
        footer = {
            "",
            "Without -o, the results are written to a file in the current folder, named after the source. Names that do"
                    + " not end in .gz get plain JSON lines.",
            "Ctrl-C saves the results so far in OUT. On a private system it also leaves a note in OUT.resume: the same"
                    + " command with --resume continues, within a week. On the system of fq up it cancels the jobs, which"
                    + " --resume continues while their sources are kept.",
            "",
            "Examples:",
            "  fq detect sample:walkers -o out.jsonl.gz --annotate out.mp4",
            "  fq detect street.mp4 --model yolox_nano --model-repository models -o street.jsonl.gz --json",
            "  fq detect *.mp4 --every 5 -o results",
            "  fq detect photos -o photos.jsonl",
            "  fq detect street.mp4 -o street.jsonl --track --zone door=100,0 100,480",
            "  ffmpeg ... -f matroska - | fq detect - -o out.jsonl.gz"
        })
public final class DetectCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PEOPLE = "people";
    private final Terminal terminal;
    private final Installation installation;

    @Parameters(
            paramLabel = "SOURCE",
            arity = "1..*",
            description =
                    "Video or picture, folder or zip of pictures, pattern in quotes, - for standard input, http(s) URL or"
                            + " sample:walkers.")
    private List<String> sources = new ArrayList<>();

    @Option(names = "--model", paramLabel = "NAME", description = "Model to run (default: ${DEFAULT-VALUE}).")
    private String model = PEOPLE;

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

    @Option(
            names = {"-o", "--output"},
            paramLabel = "OUT",
            description = "File for one SOURCE (- for standard output), folder for several.")
    private @Nullable String output;

    @Option(
            names = "--annotate",
            paramLabel = "OUT.mp4",
            description =
                    "Also write the video with the detections drawn in; a folder for several SOURCEs. A picture stays one: OUT.jpg.")
    private @Nullable String annotate;

    @Mixin
    private TrackOption tracking = new TrackOption();

    @Option(names = "--resume", description = "Continue the same command after an interruption.")
    private boolean resume;

    @Option(names = "--private", description = "Start a private system even if fq up runs one that could do the work.")
    private boolean alone;

    @Option(
            names = "--json",
            description =
                    "Print one JSON object per job at the end. model_seconds, decode_seconds and overhead_seconds are"
                            + " processor time and wait_seconds is waiting, each summed over all workers and chunks, so"
                            + " that they may exceed seconds, which is the job's time.")
    private boolean json;

    @Mixin
    private LocalOptions local = new LocalOptions();

    public DetectCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws InterruptedException, IOException {
        DetectPlan plan = plan();
        PolicyNames.check(local.policy());
        // A model that is built in starts faster without the others.
        Path own = LocalOptions.isBuiltIn(model) ? null : installation.ownModels();
        LocalSettings settings = local.settings(terminal, own, 0, false);
        RunFolders.sweep(installation, Instant.now(), ResumeNote::isOf);
        List<DetectJobs.Ended> all = run(plan, settings, begun(plan));
        all.forEach(this::report);
        if (model.equals(PEOPLE) && all.stream().anyMatch(ended -> ended.exitCode() == Failure.DONE)) {
            terminal.say(LocalOptions.ABOUT_PEOPLE);
        }
        return all.stream().mapToInt(DetectJobs.Ended::exitCode).max().orElse(Failure.DONE);
    }

    /** The interrupted run to continue, null to start from the beginning. */
    private @Nullable ResumeNote begun(DetectPlan plan) {
        Path file = plan.resumeFile();
        if (!resume || file == null) {
            return null;
        }
        Optional<ResumeNote> note = ResumeNote.read(file);
        note.ifPresentOrElse(
                n -> n.check(plan, file),
                () -> terminal.say(
                        "there is no interrupted run to resume in " + file + "; starting from the beginning"));
        return note.orElse(null);
    }

    private List<DetectJobs.Ended> run(DetectPlan plan, LocalSettings settings, @Nullable ResumeNote begun)
            throws InterruptedException, IOException {
        SystemChoice.Choice choice = choice(begun);
        if (choice.url().isEmpty()) {
            LocalOptions.checkModel(settings, installation.ownModels(), model);
        }
        choice.line().ifPresent(terminal::say);
        if (choice.url().isEmpty() && begun == null) {
            // Starting a system takes seconds.
            for (DetectPlan.Task task : plan.tasks()) {
                if (task.source() instanceof Source.Remote remote) {
                    remote.checkReachable();
                }
            }
        }
        return choice.url().isPresent()
                ? new SharedRun(plan, installation.defaultData(), choice.url().get(), terminal).run(begun)
                : new PrivateRun(plan, settings, installation, terminal).run(begun);
    }

    private SystemChoice.Choice choice(@Nullable ResumeNote begun) throws InterruptedException, IOException {
        SystemChoice systems = new SystemChoice(installation, local, terminal);
        boolean shared =
                begun != null && begun.data().equals(installation.defaultData().toString());
        if (shared && alone) {
            throw Failure.use("the interrupted run used the system of fq up: omit --private, or --resume");
        }
        if (shared) {
            return systems.forJobs();
        }
        return alone || begun != null
                ? new SystemChoice.Choice(Optional.empty(), Optional.empty())
                : systems.forModel(model);
    }

    private DetectPlan plan() {
        if (every < 1) {
            throw Failure.use("--every " + every + ": give 1 or more");
        }
        if (stream != null && stream < 0) {
            throw Failure.use("--stream " + stream + ": give 0 or more");
        }
        if (transport.checked().equals("packets") && local.sendsJpeg()) {
            throw Failure.use(
                    "--transport packets and --jpeg-quality exclude each other, because packets are sent as they"
                            + " are: omit one");
        }
        List<Source> parsed = Source.parse(sources, terminal::source);
        List<FileArgument> outputs = OutputPaths.of(parsed, output, _ -> ".jsonl.gz", "-o", terminal);
        List<FileArgument> videos = annotate == null
                ? List.of()
                : OutputPaths.of(parsed, annotate, s -> isPicture(s.text()) ? ".jpg" : ".mp4", "--annotate", terminal);
        List<DetectPlan.Task> tasks = new ArrayList<>();
        for (int i = 0; i < parsed.size(); i++) {
            tasks.add(new DetectPlan.Task(parsed.get(i), outputs.get(i), videos.isEmpty() ? null : videos.get(i)));
        }
        refusePictureOfVideo(tasks);
        Path note = note(outputs);
        if (resume && note == null) {
            throw Failure.use("--resume requires a result file: give one with -o");
        }
        refuseOverwriting(tasks, note);
        return new DetectPlan(
                List.copyOf(tasks),
                new Submission(
                        model,
                        every,
                        Map.of(),
                        null,
                        stream,
                        transport.checked(),
                        projection.checked(),
                        tracking.track(),
                        tracking.words()),
                note);
    }

    private static boolean isPicture(String source) {
        return PictureNames.isPicture(source.substring(source.lastIndexOf('/') + 1));
    }

    private static void refusePictureOfVideo(List<DetectPlan.Task> tasks) {
        for (DetectPlan.Task task : tasks) {
            FileArgument video = task.video();
            if (video != null
                    && ResultDownload.isJpeg(video.path())
                    && (task.source() instanceof Source.LocalFile || task.source() instanceof Source.LocalFolder)
                    && !isPicture(task.source().text())) {
                throw Failure.use("--annotate " + video.text() + ": "
                        + task.source().text() + " is not one picture; give a file that ends in .mp4");
            }
        }
    }

    /** The note of an interrupted run, beside its output; null when the output is a device, a pipe or standard output. */
    private static @Nullable Path note(List<FileArgument> outputs) {
        Path first = outputs.getFirst().path();
        if (!OutputFile.isFile(first)) {
            return null;
        }
        return outputs.size() == 1
                ? first.resolveSibling(FileNames.path(FileNames.text(first.getFileName()) + ".resume"))
                : first.resolveSibling("fq.resume");
    }

    private void refuseOverwriting(List<DetectPlan.Task> tasks, @Nullable Path note) {
        List<FileArgument> inputs = new ArrayList<>();
        List<FileArgument> outputs = new ArrayList<>();
        for (DetectPlan.Task task : tasks) {
            if (task.source() instanceof Source.LocalFile file) {
                inputs.add(new FileArgument(file.text(), file.path()));
            }
            outputs.add(
                    new FileArgument("-o " + task.output().text(), task.output().path()));
            FileArgument video = task.video();
            if (video != null) {
                outputs.add(new FileArgument("--annotate " + video.text(), video.path()));
            }
        }
        if (note != null) {
            outputs.add(new FileArgument("the note for --resume", note));
        }
        FileArgument.refuseOverwriting(inputs, outputs);
        long onStandardOutput = outputs.stream()
                .filter(o -> Terminal.isStandardOutput(o.path()))
                .count();
        if (onStandardOutput + (json ? 1 : 0) > 1) {
            throw Failure.use("only one of -o -, --annotate - and --json can use standard output");
        }
    }

    private void report(DetectJobs.Ended ended) {
        JobStatus job = ended.job();
        String source = ended.task().source().text();
        if (job == null) {
            terminal.say(source + ": " + ended.trouble());
            return;
        }
        job.warnings().forEach(w -> terminal.say(source + ": warning: " + w));
        if (job.succeeded()) {
            terminal.say(String.format(
                    Locale.ROOT,
                    "%s: %s in %s, %.1f s, %.1f frames/s: %s",
                    source,
                    Formatting.counted(job.detections(), "detection"),
                    Formatting.counted(job.frames(), "frame"),
                    job.json().path("seconds").asDouble(),
                    job.json().path("fps").asDouble(),
                    ended.task().output().text()));
            if (job.json().has("tracks")) {
                new TrackCounts(job.json()).lines().forEach(line -> terminal.say(source + ": " + line));
            }
        } else {
            terminal.say(source + ": " + job.state().toLowerCase(Locale.ROOT)
                    + (job.error().isEmpty() ? "" : ": " + job.error()));
        }
        if (json) {
            terminal.print(summary(job, ended.task()).toString());
        }
    }

    private static ObjectNode summary(JobStatus job, DetectPlan.Task task) {
        ObjectNode summary = JSON.createObjectNode();
        if (job.json() instanceof ObjectNode fields) {
            summary.setAll(fields);
        }
        summary.put("source", FileNames.shown(task.source().text()));
        // A failed job may have written nothing.
        summary.put(
                "output",
                Files.exists(task.output().path())
                        ? FileNames.shown(task.output().text())
                        : null);
        FileArgument video = task.video();
        if (video != null && Files.exists(video.path())) {
            summary.put("video", FileNames.shown(video.text()));
        }
        return summary;
    }
}
