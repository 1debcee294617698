package io.framequota.cli.experiment;

import io.framequota.cli.terminal.FileArgument;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import io.framequota.lab.experiment.ContenderResult;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.ExperimentResult;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.lab.file.ExperimentFile;
import io.framequota.lab.kubernetes.BurnerPodSettings;
import io.framequota.lab.report.JsonReport;
import io.framequota.lab.report.ReportFiles;
import io.framequota.lab.report.RunsCsv;
import io.framequota.local.Installation;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq experiment run}. */
@Command(
        name = "run",
        description = "Run each policy of an experiment on the same workload and write a report.",
        footer = {
            "",
            "Writes report.html, report.json and runs.csv. If the experiment fails or is interrupted, they contain the completed"
                    + " runs.",
            "",
            "Examples:",
            "  fq experiment run experiments/divide-and-conquer.yaml",
            "  fq experiment run experiments/divide-and-conquer.yaml --on local --repeat 5 --check"
        })
public final class RunCommand implements Callable<Integer> {
    private static final int MOST_REPEATS = 1000;

    private final Terminal terminal;
    private final Installation installation;

    @Parameters(paramLabel = "FILE", description = "The experiment, a YAML file.")
    private String file = "";

    @Option(names = "--on", paramLabel = "WHERE", description = "simulator (default), local or kubernetes.")
    private String on = "simulator";

    @Option(names = "--repeat", paramLabel = "N", description = "Runs of each policy (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(names = "--jobs", paramLabel = "N", description = "Only the first N jobs of each run.")
    private @Nullable Integer jobs;

    @Option(names = "--check", description = "Exit with 1 when a result is further from its prediction than tolerance.")
    private boolean check;

    @Option(names = "--json", description = "Print the results as one JSON object.")
    private boolean json;

    @Option(
            names = "--namespace",
            paramLabel = "NAME",
            description = "Namespace for the pods with --on kubernetes (default: a fresh one, deleted at the end).")
    private @Nullable String namespace;

    @Option(
            names = "--image",
            paramLabel = "IMAGE",
            description = "Image of the pods with --on kubernetes (default: ${DEFAULT-VALUE}).")
    private String image = "framequota/fq:" + MachineFacts.VERSION;

    @Option(
            names = "--pull-policy",
            paramLabel = "WHEN",
            description = "When nodes pull the image: Always, IfNotPresent or Never (default: ${DEFAULT-VALUE}).")
    private String pullPolicy = "IfNotPresent";

    @Option(
            names = "--service-account",
            paramLabel = "NAME",
            description =
                    "Account of the pods, for its pull secrets; it is in --namespace (default: the namespace's own).")
    private @Nullable String serviceAccount;

    @Option(
            names = "--config-map",
            paramLabel = "NAME",
            description = "Put the report into this ConfigMap, too, in --namespace.")
    private @Nullable String configMap;

    @Option(names = "-o", paramLabel = "DIR", description = "Folder of the report (default: named after FILE).")
    private @Nullable String out;

    public RunCommand(Terminal terminal, Installation installation) {
        this.terminal = terminal;
        this.installation = installation;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        ExperimentBackend backend = backend();
        if (repeat < 1 || repeat > MOST_REPEATS) {
            throw Failure.use("--repeat " + repeat + ": give a number from 1 to " + MOST_REPEATS);
        }
        try {
            ExperimentFile experiment = new ExperimentFile(path(), file);
            List<Experiment> variants = variants(experiment);
            Path reports = terminal.resolve(out == null ? stem() : out);
            refuseOverwriting(experiment, variants.getFirst(), reports);
            try (ReportFolder folder = ReportFolder.open(reports)) {
                return run(backend, variants, folder.path());
            }
        } catch (InvalidExperimentException e) {
            throw Failure.use(e.line());
        } catch (RunFailedException e) {
            throw Failure.work(String.valueOf(e.getMessage()));
        }
    }

    /** A report in the folder of its own workload must not take its place. */
    private static void refuseOverwriting(ExperimentFile file, Experiment experiment, Path folder) {
        List<FileArgument> inputs = new ArrayList<>();
        file.inputs().forEach(i -> inputs.add(new FileArgument(String.valueOf(i.getFileName()), i)));
        VideoWorkload.of(experiment)
                .ifPresent(videos -> videos.requests().forEach(r -> inputs.add(new FileArgument(r.text(), r.path()))));
        FileArgument.refuseOverwriting(
                inputs,
                ReportFiles.FILES.stream()
                        .map(name -> new FileArgument("-o: " + name, folder.resolve(name)))
                        .toList());
    }

    private List<Experiment> variants(ExperimentFile experiment) throws IOException {
        List<Experiment> variants = experiment.read();
        if (jobs == null) {
            return variants;
        }
        int most = jobs;
        if (most < 1) {
            throw Failure.use("--jobs " + most + ": give a number of at least 1");
        }
        if (variants.stream().anyMatch(v -> VideoWorkload.of(v).isPresent())) {
            throw Failure.use("--jobs is not for videos; give their count in the file, workload.videos.count");
        }
        return variants.stream().map(v -> v.firstJobs(most)).toList();
    }

    private int run(ExperimentBackend backend, List<Experiment> variants, Path folder)
            throws IOException, InterruptedException {
        CompletedRuns completed = new CompletedRuns(terminal, new RunsCsv(folder));
        BurnerPodSettings podSettings = new BurnerPodSettings(
                Optional.ofNullable(namespace), image, pullPolicy, Optional.ofNullable(serviceAccount));
        ExperimentLauncher launcher = new ExperimentLauncher(terminal, installation, podSettings, completed);
        if (jobs != null) {
            launcher.notice("Of each run's jobs only the first " + jobs + " (--jobs).");
        }
        boolean whole = false;
        try {
            ExperimentResult result = launcher.run(backend, variants, repeat);
            whole = true;
            return report(result, folder);
        } finally {
            if (!whole && completed.count() > 0) {
                keep(launcher.unfinished(backend, variants), folder);
            }
        }
    }

    /** Writes a report of the completed runs. */
    private void keep(ExperimentResult unfinished, Path folder) {
        // An interrupt that is still pending would close the files while they are written.
        boolean interrupted = Thread.interrupted();
        try {
            ReportFiles.write(unfinished, folder, RunCommand::write);
            terminal.say("report of the completed runs: " + FileNames.text(folder.resolve("report.html")));
        } catch (IOException e) {
            terminal.say("completed runs are in " + FileNames.text(folder.resolve("runs.csv"))
                    + "; the report could not be written");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int report(ExperimentResult result, Path folder) throws IOException {
        ReportFiles.write(result, folder, RunCommand::write);
        if (configMap != null) {
            KubernetesLauncher.keep(Optional.ofNullable(namespace), configMap, folder);
        }
        if (json) {
            terminal.print(JsonReport.of(result).toString());
        } else {
            terminal.print(Formatting.table(rows(result)));
        }
        terminal.say("report: " + FileNames.text(folder.resolve("report.html")));
        if (check && !result.withinTolerance()) {
            throw Failure.work(missed(result));
        }
        return Failure.DONE;
    }

    private static void write(Path file, String text) throws IOException {
        OutputFile.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The path in the user's folder; otherwise a shipped experiment. */
    private Path path() {
        Path there = terminal.resolve(file);
        Path shipped = installation.root().resolve(FileNames.path(file));
        return !Files.exists(there) && file.startsWith("experiments/") ? shipped : there;
    }

    private ExperimentBackend backend() {
        for (ExperimentBackend backend : ExperimentBackend.values()) {
            if (backend.word().equals(on)) {
                return backend;
            }
        }
        throw Failure.use("--on " + on + ": give simulator, local or kubernetes");
    }

    private String stem() {
        String name = FileNames.text(path().getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name + "-report";
    }

    private static List<List<String>> rows(ExperimentResult result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "ACTUATOR", "VALUE", "MEAN", "PREDICTED", "OFF BY"));
        for (ContenderResult policy : result.policies()) {
            rows.add(List.of(
                    policy.label(),
                    policy.actuator().word(),
                    policy.variant().map(Experiment.Variant::value).orElse("-"),
                    seconds(OptionalDouble.of(policy.meanResponseS())),
                    seconds(policy.predictedMeanS()),
                    percent(policy.deviation())));
        }
        return rows;
    }

    private static String missed(ExperimentResult result) {
        ContenderResult worst = result.policies().stream()
                .max((a, b) -> Double.compare(
                        Math.abs(a.deviation().orElse(0)),
                        Math.abs(b.deviation().orElse(0))))
                .orElseThrow();
        return worst.label() + " is " + percent(worst.deviation()) + " off its prediction; the tolerance is "
                + percent(OptionalDouble.of(result.experiment().tolerance()));
    }

    private static String seconds(OptionalDouble seconds) {
        return seconds.isPresent() ? String.format(Locale.ROOT, "%.4f s", seconds.getAsDouble()) : "-";
    }

    private static String percent(OptionalDouble fraction) {
        return fraction.isPresent() ? String.format(Locale.ROOT, "%.1f %%", 100 * fraction.getAsDouble()) : "-";
    }
}
