package io.framequota.cli.quotalab;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.cli.terminal.Formatting;
import io.framequota.cli.terminal.OutputFile;
import io.framequota.cli.terminal.Terminal;
import io.framequota.common.failure.Failure;
import io.framequota.lab.quotalab.QuotaDiagnosis;
import io.framequota.lab.quotalab.QuotaLab;
import io.framequota.lab.quotalab.QuotaRun;
import io.framequota.lab.report.QuotaLabReport;
import io.framequota.scheduler.cgroup.CgroupDetector;
import io.framequota.scheduler.cgroup.CgroupSupport;
import io.framequota.scheduler.cgroup.CgroupTree;
import io.framequota.scheduler.cgroup.EnforcementException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code fq quota-lab}. */
@Command(
        name = "quota-lab",
        description =
                "Measure what CPU quotas do to a program: its speedup, the time it loses, and which limit it needs.",
        footer = {
            "",
            "The program runs several times, alone and under each quota; it must end by itself, and do the same each time.",
            "Its output is thrown away. Control groups are needed: run as root, or with a delegated group.",
            "",
            "Examples:",
            "  fq quota-lab -- gzip -9 -k -f big.log",
            "  fq quota-lab --quotas 500,1000,2000 --repeat 3 -o report.html -- ./encode --threads 4"
        })
public final class QuotaLabCommand implements Callable<Integer> {
    private static final int MILLI = 1000;
    private static final int LEAST = 10;
    private static final int MOST_RUNS = 100;

    private final Terminal terminal;

    @Parameters(arity = "1..*", paramLabel = "COMMAND", description = "Program and its arguments, after --.")
    private List<String> command = List.of();

    @Option(
            names = "--quotas",
            split = ",",
            paramLabel = "MILLICORES",
            description = "Quotas to run under (default: 250, 500, 1000 and so on in steps of 500 to all cores).")
    private List<Integer> quotas = List.of();

    @Option(names = "--repeat", paramLabel = "N", description = "Runs under each quota (default: ${DEFAULT-VALUE}).")
    private int repeat = 1;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            description = "Longest time of a run (default: ${DEFAULT-VALUE}).")
    private int timeout = 600;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "File for a report with charts, as HTML.")
    private @Nullable String output;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    public QuotaLabCommand(Terminal terminal) {
        this.terminal = terminal;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        List<Integer> wanted = wanted();
        Path target = output == null ? null : terminal.target(output);
        Optional<String> obstacle = target == null ? Optional.empty() : OutputFile.obstacle(target);
        if (obstacle.isPresent()) {
            throw Failure.use("-o " + output + ": " + obstacle.get());
        }
        CgroupTree groups = switch (CgroupDetector.open()) {
            case CgroupSupport.Available(CgroupTree available) -> available;
            case CgroupSupport.Unavailable(String reason) ->
                throw Failure.missing("quotas cannot be used here because " + reason
                        + "; run as root, or in systemd-run --user --scope -p Delegate=yes");
        };
        QuotaDiagnosis diagnosis;
        try (groups) {
            diagnosis = QuotaDiagnosis.of(runs(groups, wanted));
        } catch (QuotaLab.ProgramFailedException | EnforcementException e) {
            throw Failure.work(String.valueOf(e.getMessage()));
        }
        if (target != null) {
            try (OutputFile file = terminal.open(target)) {
                file.stream()
                        .write(QuotaLabReport.of(String.join(" ", command), diagnosis, facts())
                                .getBytes(StandardCharsets.UTF_8));
                file.keep();
            }
        }
        if (json) {
            terminal.print(json(diagnosis).toString());
        } else {
            print(diagnosis);
        }
        return Failure.DONE;
    }

    private List<Integer> wanted() {
        int cores = Runtime.getRuntime().availableProcessors();
        List<Integer> all = quotas.isEmpty()
                ? IntStream.concat(
                                IntStream.of(MILLI / 4, MILLI / 2),
                                IntStream.rangeClosed(2, 2 * cores).map(half -> half * MILLI / 2))
                        .boxed()
                        .toList()
                : quotas;
        for (int quota : all) {
            if (quota < LEAST || quota > MILLI * cores) {
                throw Failure.use("--quotas " + quota + ": give millicores from " + LEAST + " to " + MILLI * cores
                        + ", all cores of this machine");
            }
        }
        if (repeat < 1 || (long) repeat * (all.size() + 1) > MOST_RUNS || timeout < 1) {
            throw Failure.use("--repeat " + repeat + " --timeout " + timeout
                    + ": give numbers of at least 1, for at most " + MOST_RUNS + " runs altogether");
        }
        return all;
    }

    private List<QuotaRun> runs(CgroupTree groups, List<Integer> wanted)
            throws IOException, InterruptedException, QuotaLab.ProgramFailedException {
        QuotaLab lab = new QuotaLab(groups, command, terminal.resolve("."), Duration.ofSeconds(timeout));
        List<QuotaRun> runs = new ArrayList<>();
        int all = repeat * (wanted.size() + 1);
        // Repeats take turns, so that a machine that slows down does so for every quota.
        for (int r = 0; r < repeat; r++) {
            runs.add(run(lab, 0, runs.size() + 1, all));
            for (int quota : wanted) {
                runs.add(run(lab, quota, runs.size() + 1, all));
            }
        }
        return runs;
    }

    private QuotaRun run(QuotaLab lab, int quota, int number, int all)
            throws IOException, InterruptedException, QuotaLab.ProgramFailedException {
        terminal.progress("run " + number + " of " + all + ": " + (quota == 0 ? "no quota" : quota + "m"));
        return lab.run(quota);
    }

    private Map<String, String> facts() {
        Map<String, String> facts = new LinkedHashMap<>();
        facts.put("machine", Runtime.getRuntime().availableProcessors() + " processors");
        facts.put("runs", repeat + " under each quota, medians by time; quotas are refilled every 100 ms");
        facts.put(
                "recommended limit",
                "the smallest measured quota that costs at most 10 % of the time without one; it is no more exact than the quotas"
                        + " that were measured");
        return facts;
    }

    private void print(QuotaDiagnosis diagnosis) {
        List<List<String>> rows = new ArrayList<>();
        rows.add(List.of("QUOTA", "SECONDS", "WITHOUT WASTE", "CPU SECONDS", "BUSY CORES", "THROTTLED", "THREADS"));
        for (QuotaRun run : diagnosis.runs()) {
            rows.add(List.of(
                    run.millicores() == 0 ? "none" : run.millicores() + "m",
                    number("%.3f", run.wallS()),
                    number("%.3f", diagnosis.fluidS(run.millicores())),
                    number("%.3f", run.cpuS()),
                    number("%.2f", run.busyCores()),
                    number("%.0f %%", 100 * run.throttledPart()),
                    Integer.toString(run.threads())));
        }
        terminal.print(Formatting.table(rows));
        terminal.print("");
        terminal.print("recommended: limit " + diagnosis.recommendedMillicores() + "m, "
                + diagnosis.recommendedThreads() + (diagnosis.recommendedThreads() == 1 ? " thread" : " threads"));
        diagnosis.reasons().forEach(terminal::print);
    }

    private static String number(String form, double value) {
        return String.format(Locale.ROOT, form, value);
    }

    private ObjectNode json(QuotaDiagnosis diagnosis) {
        ObjectNode root = new ObjectMapper().createObjectNode();
        command.forEach(root.putArray("command")::add);
        ArrayNode runs = root.putArray("runs");
        for (QuotaRun run : diagnosis.runs()) {
            ObjectNode one = runs.addObject();
            if (run.millicores() == 0) {
                one.putNull("millicores");
            } else {
                one.put("millicores", run.millicores());
            }
            one.put("seconds", run.wallS())
                    .put("seconds_without_waste", diagnosis.fluidS(run.millicores()))
                    .put("cpu_seconds", run.cpuS())
                    .put("busy_cores", run.busyCores())
                    .put("throttled_seconds", run.throttledS())
                    .put("throttled_periods", run.throttledPeriods())
                    .put("periods", run.periods())
                    .put("threads", run.threads());
        }
        root.put("width", diagnosis.width())
                .put("parallel_fraction", diagnosis.parallelFraction())
                .put("spin_waste", diagnosis.spinWaste())
                .put("spins", diagnosis.spins())
                .put("recommended_millicores", diagnosis.recommendedMillicores())
                .put("recommended_threads", diagnosis.recommendedThreads());
        diagnosis.reasons().forEach(root.putArray("why")::add);
        return root;
    }
}
