package io.framequota.scheduler.experiment.file;

import io.framequota.scheduler.experiment.Actuator;
import io.framequota.scheduler.experiment.BadExperimentException;
import io.framequota.scheduler.experiment.Experiment;
import io.framequota.scheduler.experiment.Home;
import io.framequota.scheduler.experiment.Simulation;
import io.framequota.scheduler.experiment.Videos;
import io.framequota.scheduler.policy.BadPolicyException;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.ScenarioException;
import io.framequota.scheduler.simulator.Workload;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/** Reads an experiment's file. */
public final class ExperimentFile {
    private static final List<String> FIELDS = List.of(
            "name",
            "description",
            "seed",
            "cores",
            "budget",
            "scale",
            "actuator",
            "workload",
            "speedup",
            "simulate",
            "policies",
            "serving",
            "tolerance",
            "sweep");

    private final Path path;
    private final String shown;
    private final Set<Path> inputs = new LinkedHashSet<>();

    /**
     * A file.
     *
     * @param shown what it is called in complaints
     */
    public ExperimentFile(Path path, String shown) {
        this.path = path;
        this.shown = shown;
        inputs.add(path);
    }

    /** The files that were read: this one and, after {@link #read}, those that it names, but for videos. */
    public Set<Path> inputs() {
        return Set.copyOf(inputs);
    }

    /**
     * The experiment; one per value of the swept field when there is one.
     *
     * @throws BadExperimentException when something in the file is not allowed
     */
    public List<Experiment> read() throws IOException {
        if (!Files.exists(path) || Files.isDirectory(path)) {
            throw new BadExperimentException(shown + ": there is no such file; give an experiment's YAML file");
        }
        String text = TextFile.read(path, shown);
        Value root = parse(text);
        Optional<Value> sweep = root.fields(FIELDS).get("sweep");
        if (sweep.isEmpty()) {
            return List.of(experiment(root, Optional.empty()));
        }
        List<Experiment> variants = new ArrayList<>();
        for (Sweep.Point point : Sweep.read(sweep.get()).points()) {
            // Parsed anew for each: the values are put into the parsed tree.
            Value fresh = parse(text);
            point.putInto(fresh);
            variants.add(experiment(fresh, Optional.of(point.variant())));
        }
        return List.copyOf(variants);
    }

    private Value parse(String text) {
        try {
            @Nullable Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (node == null) {
                throw new BadExperimentException(
                        shown + ":1: the file is empty; allowed: a mapping with " + String.join(", ", FIELDS));
            }
            return new Value(shown, "", node);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new BadExperimentException(shown + ":" + line + ": not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new BadExperimentException(shown + ":1: not YAML: " + e.getMessage());
        }
    }

    private Experiment experiment(Value root, Optional<Experiment.Variant> variant) {
        Fields fields = root.fields(FIELDS);
        Value workload = fields.need("workload");
        Speedups.Read speedup = fields.or("speedup", new Speedups.Read(Speedup.LINEAR, "linear"), Speedups::read);
        int cores = fields.need("cores").whole(1, 4096);
        try {
            Path folder = path.toAbsolutePath().resolveSibling(".");
            Workload jobs = Workloads.read(workload, folder);
            Workloads.file(workload).map(folder::resolve).ifPresent(inputs::add);
            // Chunks of videos are dispatched unless somebody asks for more.
            Actuator usual = jobs instanceof Videos ? Actuator.DISPATCH : Actuator.QUOTA;
            return new Experiment(
                    fields.need("name").text("a text"),
                    fields.or("description", "", v -> v.text("a text")),
                    variant,
                    fields.or("seed", 1, v -> v.whole(0, Integer.MAX_VALUE)),
                    cores,
                    fields.or("budget", 1000 * cores, v -> v.whole(10, Integer.MAX_VALUE)),
                    fields.or("scale", Map.of(), ExperimentFile::scale),
                    fields.or("actuator", List.of(usual), ExperimentFile::actuators),
                    jobs,
                    Workloads.words(workload),
                    speedup.speedup(),
                    speedup.words(),
                    fields.or("simulate", Simulation.DEFAULT, ExperimentFile::simulation),
                    fields.or("policies", List.of(), v -> PolicyList.read(v, speedup.speedup())),
                    Servings.read(fields, speedup.speedup(), jobs),
                    fields.or("tolerance", 0.05, v -> v.number(d -> d >= 0, "a number of at least 0")));
        } catch (ScenarioException e) {
            throw workload.bad(String.valueOf(e.getMessage()), "see above");
        }
    }

    private static Map<Home, Double> scale(Value value) {
        Map<Home, Double> scale = new EnumMap<>(Home.class);
        Fields fields = value.fields(List.of("local", "kubernetes"));
        fields.get("local").ifPresent(v -> scale.put(Home.LOCAL, v.above0()));
        fields.get("kubernetes").ifPresent(v -> scale.put(Home.KUBERNETES, v.above0()));
        return Map.copyOf(scale);
    }

    private static List<Actuator> actuators(Value value) {
        List<String> words = List.of("quota", "dispatch", "weight");
        List<Value> values = value.isList() ? value.list(String.join(", ", words)) : List.of(value);
        return values.stream()
                .map(v -> Actuator.valueOf(v.oneOf(words).toUpperCase(java.util.Locale.ROOT)))
                .distinct()
                .toList();
    }

    private static Simulation simulation(Value value) {
        Simulation otherwise = Simulation.DEFAULT;
        Fields fields = value.fields(List.of("quota", "grid", "park_milli", "handover_ms", "period_ms", "chunk_s"));
        return new Simulation(
                fields.or("quota", "fluid", v -> v.oneOf(List.of("fluid", "staircase")))
                        .equals("staircase"),
                fields.or("grid", "exact", v -> v.oneOf(List.of("exact", "10m")))
                                .equals("10m")
                        ? 10
                        : 0,
                fields.or("park_milli", otherwise.parkMilli(), ExperimentFile::atLeast0),
                fields.or("handover_ms", otherwise.handoverMs(), ExperimentFile::atLeast0),
                fields.or("period_ms", otherwise.periodMs(), Value::above0),
                fields.or("chunk_s", otherwise.chunkS(), Value::above0));
    }

    private static double atLeast0(Value value) {
        return value.number(d -> d >= 0, "a number of at least 0");
    }

    /** A policy's complaint at the place where it stands. */
    static BadExperimentException at(Value value, BadPolicyException e) {
        String words = e.explanation();
        int split = words.lastIndexOf("; ");
        return split < 0
                ? value.bad(words, "see fq policies")
                : value.bad(
                        words.substring(0, split), words.substring(split + 2).replaceFirst("^allowed: ", ""));
    }
}
