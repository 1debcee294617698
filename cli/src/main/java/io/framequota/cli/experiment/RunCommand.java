package io.framequota.cli.experiment;

import io.framequota.cli.local.Installation;
import io.framequota.cli.terminal.Failure;
import io.framequota.cli.terminal.FileUse;
import io.framequota.cli.terminal.Names;
import io.framequota.cli.terminal.Output;
import io.framequota.cli.terminal.Terminal;
import io.framequota.cli.terminal.Texts;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.PolicyResult;
import io.framequota.scheduler.experiment.Result;
import io.framequota.scheduler.experiment.RunFailedException;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.experiment.file.ExperimentFile;
import io.framequota.scheduler.experiment.kubernetes.Place;
import io.framequota.scheduler.experiment.report.JsonReport;
import io.framequota.scheduler.experiment.report.Reports;
import io.framequota.scheduler.experiment.report.RunsFile;
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
            "Writes report.html, report.json and runs.csv; of an experiment that fails or is interrupted the runs that ended.",
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
    private String image = "framequota/fq:" + Machine.VERSION;

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
        Home home = home();
        if (repeat < 1 || repeat > MOST_REPEATS) {
            throw Failure.use("--repeat " + repeat + ": give a number from 1 to " + MOST_REPEATS);
        }
        try {
            ExperimentFile experiment = new ExperimentFile(path(), file);
            List<Experiment> variants = variants(experiment);
            Path reports = terminal.resolve(out == null ? stem() : out);
            refuseOverwriting(experiment, variants.getFirst(), reports);
            try (ReportFolder folder = ReportFolder.open(reports)) {
                return run(home, variants, folder.path());
            }
        } catch (BadExperimentException e) {
            throw Failure.use(e.line());
        } catch (RunFailedException e) {
            throw Failure.work(String.valueOf(e.getMessage()));
        }
    }

    /** A report in the folder of its own workload must not take its place. */
    private static void refuseOverwriting(ExperimentFile file, Experiment experiment, Path folder) {
        List<FileUse> inputs = new ArrayList<>();
        file.inputs().forEach(i -> inputs.add(new FileUse(String.valueOf(i.getFileName()), i)));
        Videos.of(experiment)
                .ifPresent(videos -> videos.requests()
                        .forEach(
                                r -> inputs.add(new FileUse(r.text(), r.folder().resolve(r.text())))));
        FileUse.refuseOverwriting(
                inputs,
                Reports.FILES.stream()
                        .map(name -> new FileUse("-o: " + name, folder.resolve(name)))
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
        if (variants.stream().anyMatch(v -> Videos.of(v).isPresent())) {
            throw Failure.use("--jobs is not for videos; give their count in the file, workload.videos.count");
        }
        return variants.stream().map(v -> v.firstJobs(most)).toList();
    }

    private int run(Home home, List<Experiment> variants, Path folder) throws IOException, InterruptedException {
        RunsSoFar soFar = new RunsSoFar(terminal, new RunsFile(folder));
        Place place = new Place(Optional.ofNullable(namespace), image, pullPolicy, Optional.ofNullable(serviceAccount));
        Homes homes = new Homes(terminal, installation, place, soFar);
        if (jobs != null) {
            homes.notice("Of each run's jobs only the first " + jobs + " (--jobs).");
        }
        boolean whole = false;
        try {
            Result result = homes.run(home, variants, repeat);
            whole = true;
            return report(result, folder);
        } finally {
            if (!whole && soFar.count() > 0) {
                keep(homes.unfinished(home, variants), folder);
            }
        }
    }

    /** Writes what has ended before the rest failed or was interrupted. */
    private void keep(Result unfinished, Path folder) {
        // An interrupt that is still pending would close the files while they are written.
        boolean interrupted = Thread.interrupted();
        try {
            Reports.write(unfinished, folder, RunCommand::write);
            terminal.say("report of the runs that ended: " + Names.text(folder.resolve("report.html")));
        } catch (IOException e) {
            terminal.say("what has ended is in " + Names.text(folder.resolve("runs.csv"))
                    + "; its report cannot be written");
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private int report(Result result, Path folder) throws IOException {
        Reports.write(result, folder, RunCommand::write);
        if (configMap != null) {
            ClusterRuns.keep(Optional.ofNullable(namespace), configMap, folder);
        }
        if (json) {
            terminal.print(JsonReport.of(result).toString());
        } else {
            terminal.print(Texts.table(rows(result)));
        }
        terminal.say("report: " + Names.text(folder.resolve("report.html")));
        if (check && !result.withinTolerance()) {
            throw Failure.work(missed(result));
        }
        return Failure.DONE;
    }

    private static void write(Path file, String text) throws IOException {
        Output.write(file, text.getBytes(StandardCharsets.UTF_8));
    }

    /** Where the user stands, or as {@code fq experiment list} names the shipped ones. */
    private Path path() {
        Path there = terminal.resolve(file);
        Path shipped = installation.root().resolve(Names.path(file));
        return !Files.exists(there) && file.startsWith("experiments/") ? shipped : there;
    }

    private Home home() {
        for (Home home : Home.values()) {
            if (home.word().equals(on)) {
                return home;
            }
        }
        throw Failure.use("--on " + on + ": give simulator, local or kubernetes");
    }

    private String stem() {
        String name = Names.text(path().getFileName());
        int dot = name.lastIndexOf('.');
        return dot > 0 ? name.substring(0, dot) : name + "-report";
    }

    private static List<List<String>> rows(Result result) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("POLICY", "ACTUATOR", "VALUE", "MEAN", "PREDICTED", "OFF BY"));
        for (PolicyResult policy : result.policies()) {
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

    private static String missed(Result result) {
        PolicyResult worst = result.policies().stream()
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
