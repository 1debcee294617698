package io.framequota.lab.file;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.SimulationSettings;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.InvalidPolicyException;
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
     * @throws InvalidExperimentException when something in the file is not allowed
     */
    public List<Experiment> read() throws IOException {
        if (!Files.exists(path) || Files.isDirectory(path)) {
            throw new InvalidExperimentException(shown + ": there is no such file; give an experiment's YAML file");
        }
        String text = Utf8File.read(path, shown);
        YamlValue root = parse(text);
        Optional<YamlValue> sweep = root.fields(FIELDS).get("sweep");
        if (sweep.isEmpty()) {
            return List.of(experiment(root, Optional.empty()));
        }
        List<Experiment> variants = new ArrayList<>();
        for (Sweep.Point point : Sweep.read(sweep.get()).points()) {
            // Parsed anew for each: the values are put into the parsed tree.
            YamlValue fresh = parse(text);
            point.putInto(fresh);
            variants.add(experiment(fresh, Optional.of(point.variant())));
        }
        return List.copyOf(variants);
    }

    private YamlValue parse(String text) {
        try {
            @Nullable Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (node == null) {
                throw new InvalidExperimentException(
                        shown + ":1: the file is empty; allowed: a mapping with " + String.join(", ", FIELDS));
            }
            return new YamlValue(shown, "", node);
        } catch (MarkedYAMLException e) {
            int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
            throw new InvalidExperimentException(shown + ":" + line + ": not YAML: " + e.getProblem());
        } catch (YAMLException e) {
            throw new InvalidExperimentException(shown + ":1: not YAML: " + e.getMessage());
        }
    }

    private Experiment experiment(YamlValue root, Optional<Experiment.Variant> variant) {
        YamlFields fields = root.fields(FIELDS);
        YamlValue workload = fields.need("workload");
        SpeedupParser.Read speedup =
                fields.or("speedup", new SpeedupParser.Read(Speedup.LINEAR, "linear"), SpeedupParser::read);
        int cores = fields.need("cores").whole(1, 4096);
        try {
            Path folder = path.toAbsolutePath().resolveSibling(".");
            Workload jobs = WorkloadParser.read(workload, folder);
            WorkloadParser.file(workload).map(folder::resolve).ifPresent(inputs::add);
            // Chunks of videos are dispatched unless somebody asks for more.
            ActuatorKind usual = jobs instanceof VideoWorkload ? ActuatorKind.DISPATCH : ActuatorKind.QUOTA;
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
                    WorkloadParser.words(workload),
                    speedup.speedup(),
                    speedup.words(),
                    fields.or("simulate", SimulationSettings.DEFAULT, ExperimentFile::simulation),
                    fields.or("policies", List.of(), v -> PolicyParser.read(v, speedup.speedup())),
                    ServingParser.read(fields, speedup.speedup(), jobs),
                    fields.or("tolerance", 0.05, v -> v.number(d -> d >= 0, "a number of at least 0")));
        } catch (ScenarioException e) {
            throw workload.bad(String.valueOf(e.getMessage()), "see above");
        }
    }

    private static Map<ExperimentBackend, Double> scale(YamlValue value) {
        Map<ExperimentBackend, Double> scale = new EnumMap<>(ExperimentBackend.class);
        YamlFields fields = value.fields(List.of("local", "kubernetes"));
        fields.get("local").ifPresent(v -> scale.put(ExperimentBackend.LOCAL, v.above0()));
        fields.get("kubernetes").ifPresent(v -> scale.put(ExperimentBackend.KUBERNETES, v.above0()));
        return Map.copyOf(scale);
    }

    private static List<ActuatorKind> actuators(YamlValue value) {
        List<String> words = List.of("quota", "dispatch", "weight");
        List<YamlValue> values = value.isList() ? value.list(String.join(", ", words)) : List.of(value);
        return values.stream()
                .map(v -> ActuatorKind.valueOf(v.oneOf(words).toUpperCase(java.util.Locale.ROOT)))
                .distinct()
                .toList();
    }

    private static SimulationSettings simulation(YamlValue value) {
        SimulationSettings otherwise = SimulationSettings.DEFAULT;
        YamlFields fields = value.fields(List.of("quota", "grid", "park_milli", "handover_ms", "period_ms", "chunk_s"));
        return new SimulationSettings(
                fields.or("quota", "fluid", v -> v.oneOf(List.of("fluid", "staircase")))
                        .equals("staircase"),
                fields.or("grid", "exact", v -> v.oneOf(List.of("exact", "10m")))
                                .equals("10m")
                        ? 10
                        : 0,
                fields.or("park_milli", otherwise.parkMilli(), ExperimentFile::atLeast0),
                fields.or("handover_ms", otherwise.handoverMs(), ExperimentFile::atLeast0),
                fields.or("period_ms", otherwise.periodMs(), YamlValue::above0),
                fields.or("chunk_s", otherwise.chunkS(), YamlValue::above0));
    }

    private static double atLeast0(YamlValue value) {
        return value.number(d -> d >= 0, "a number of at least 0");
    }

    /** A policy's complaint at the place where it stands. */
    static InvalidExperimentException at(YamlValue value, InvalidPolicyException e) {
        String words = e.explanation();
        int split = words.lastIndexOf("; ");
        return split < 0
                ? value.bad(words, "see fq policies")
                : value.bad(
                        words.substring(0, split), words.substring(split + 2).replaceFirst("^allowed: ", ""));
    }
}
