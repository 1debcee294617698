package io.framequota.lab.file;

import io.framequota.lab.experiment.ActuatorKind;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.ExperimentBackend;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.SimulationSettings;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.InvalidPolicyException;
import io.framequota.scheduler.policy.Policies;
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
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.Node;

/**
 * Reads an experiment file. {@link ExperimentSchema} says what a file may contain; here its values become objects, and what
 * no schema can express is checked.
 */
public final class ExperimentFile {
    private final Path path;
    private final String shown;
    private final Set<Path> inputs = new LinkedHashSet<>();

    /**
     * A file.
     *
     * @param shown its name in error messages
     */
    public ExperimentFile(Path path, String shown) {
        this.path = path;
        this.shown = shown;
        inputs.add(path);
    }

    /** The files that were read: this one and, after {@link #read}, the trace that it names. Videos are not among them. */
    public Set<Path> inputs() {
        return Set.copyOf(inputs);
    }

    /**
     * Reads the experiment; if a field is swept, one experiment for each of its values.
     *
     * @throws InvalidExperimentException if the file is not a valid experiment
     */
    public List<Experiment> read() throws IOException {
        if (!Files.exists(path) || Files.isDirectory(path)) {
            throw new InvalidExperimentException(shown + ": there is no such file; give an experiment's YAML file");
        }
        String text = Utf8File.read(path, shown);
        YamlValue root = parse(text);
        ExperimentSchema.check(root);
        Optional<YamlValue> sweep = root.get("sweep");
        if (sweep.isEmpty()) {
            return List.of(experiment(root, Optional.empty()));
        }
        YamlValue field = sweep.get().need("field");
        List<Experiment> variants = new ArrayList<>();
        for (YamlValue value : sweep.get().need("values").elements()) {
            // Parsed again for each variant, because its value replaces the field's in the parsed tree.
            YamlValue variant = parse(text);
            if (!Sweep.replace(variant.node(), List.of(field.text().split("\\.", -1)), value.node())) {
                throw field.invalid("the file has no field " + field.quoted(), "a field that the file has");
            }
            ExperimentSchema.check(variant);
            variants.add(experiment(variant, Optional.of(new Experiment.Variant(field.text(), value.words()))));
        }
        return List.copyOf(variants);
    }

    private YamlValue parse(String text) {
        try {
            // SnakeYAML rather than Jackson's parser, which resolves no anchors and does not keep numbers as written.
            @Nullable Node node = new Yaml(new LoaderOptions()).compose(new StringReader(text));
            if (node == null) {
                throw new InvalidExperimentException(
                        shown + ":1: the file is empty; allowed: an experiment, such as those that fq experiment list"
                                + " shows");
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
        YamlValue workload = root.need("workload");
        Optional<YamlValue> speedupField = root.get("speedup");
        Speedup speedup = speedupField.map(ExperimentFile::speedup).orElse(Speedup.LINEAR);
        int cores = root.need("cores").whole();
        try {
            Path folder = path.toAbsolutePath().resolveSibling(".");
            Workload jobs = WorkloadParser.read(workload, folder);
            workload.get("trace")
                    .ifPresent(trace ->
                            inputs.add(folder.resolve(trace.need("file").text())));
            ActuatorKind usual = jobs instanceof VideoWorkload ? ActuatorKind.DISPATCH : ActuatorKind.QUOTA;
            List<ActuatorKind> actuators = root.or("actuator", List.of(usual), ExperimentFile::actuators);
            if (actuators.contains(ActuatorKind.GPU_TIME) && jobs instanceof VideoWorkload) {
                throw root.need("actuator")
                        .invalid("gpu-time is simulated only, and videos are not", "quota, dispatch, weight");
            }
            return new Experiment(
                    root.need("name").text(),
                    root.or("description", "", YamlValue::text),
                    variant,
                    root.or("seed", 1, YamlValue::whole),
                    cores,
                    root.or("budget", 1000 * cores, value -> budget(value, actuators, cores)),
                    root.or("scale", Map.of(), ExperimentFile::scale),
                    actuators,
                    jobs,
                    WorkloadParser.words(workload),
                    speedup,
                    speedupField.map(ExperimentFile::speedupWords).orElse("linear"),
                    root.or("simulate", SimulationSettings.DEFAULT, ExperimentFile::simulation),
                    root.or(
                            "policies",
                            List.of(),
                            list -> list.elements().stream()
                                    .map(policy -> policy(policy, speedup))
                                    .toList()),
                    ServingParser.read(root, speedup, jobs),
                    root.or("tolerance", 0.05, YamlValue::number));
        } catch (ScenarioException e) {
            throw workload.invalid(String.valueOf(e.getMessage()), "other values");
        }
    }

    /** The millicores of the resource that the actuators divide. */
    private static int budget(YamlValue value, List<ActuatorKind> actuators, int cores) {
        if (!value.isMapping()) {
            return value.whole();
        }
        boolean gpu = actuators.contains(ActuatorKind.GPU_TIME);
        if (gpu && actuators.size() > 1) {
            throw value.invalid(
                    "gpu-time and other actuators divide different budgets", "one number, or one kind of actuator");
        }
        return value.or(gpu ? "gpu" : "cpu", 1000 * cores, YamlValue::whole);
    }

    private static Map<ExperimentBackend, Double> scale(YamlValue value) {
        Map<ExperimentBackend, Double> scale = new EnumMap<>(ExperimentBackend.class);
        value.fields()
                .forEach((backend, factor) ->
                        scale.put(ExperimentBackend.valueOf(backend.toUpperCase(Locale.ROOT)), factor.number()));
        return Map.copyOf(scale);
    }

    private static List<ActuatorKind> actuators(YamlValue value) {
        return value.elements().stream()
                .map(word -> ActuatorKind.valueOf(
                        word.text().toUpperCase(Locale.ROOT).replace('-', '_')))
                .distinct()
                .toList();
    }

    private static Speedup speedup(YamlValue value) {
        if (!value.isMapping()) {
            return Speedup.LINEAR;
        }
        String form = value.oneOf(List.of("capped", "power", "amdahl", "curve"));
        YamlValue parameter = value.need(form);
        try {
            return switch (form) {
                case "capped" -> new Speedup.Capped(parameter.number());
                case "power" -> new Speedup.Power(parameter.number());
                case "amdahl" -> new Speedup.Amdahl(parameter.number());
                default ->
                    new Speedup.Curve(parameter.elements().stream()
                            .map(YamlValue::elements)
                            .map(point -> new Speedup.Point(
                                    point.get(0).number() / 1000, point.get(1).number()))
                            .toList());
            };
        } catch (InvalidPolicyException e) {
            throw invalid(parameter, e);
        }
    }

    private static String speedupWords(YamlValue value) {
        return value.get("curve").isPresent() ? "curve" : value.words();
    }

    private static SimulationSettings simulation(YamlValue value) {
        SimulationSettings otherwise = SimulationSettings.DEFAULT;
        return new SimulationSettings(
                value.or("quota", "fluid", YamlValue::text).equals("staircase"),
                value.or("grid", "exact", YamlValue::text).equals("10m") ? 10 : 0,
                value.or("park_milli", otherwise.parkMilli(), YamlValue::number),
                value.or("handover_ms", otherwise.handoverMs(), YamlValue::number),
                value.or("period_ms", otherwise.periodMs(), YamlValue::number),
                value.or("chunk_s", otherwise.chunkS(), YamlValue::number));
    }

    private static ConfiguredPolicy policy(YamlValue value, Speedup speedup) {
        Map<String, String> parameters = new TreeMap<>();
        value.fields().forEach((name, parameter) -> parameters.put(name, parameter.text()));
        String name = value.isMapping() ? String.valueOf(parameters.remove("name")) : value.text();
        if (name.equals("hesrpt") && speedup instanceof Speedup.Power(double p)) {
            parameters.putIfAbsent("p", Double.toString(p));
        }
        try {
            return Policies.installed().choose(name, parameters);
        } catch (InvalidPolicyException e) {
            throw invalid(value, e);
        }
    }

    private static InvalidExperimentException invalid(YamlValue value, InvalidPolicyException e) {
        String words = e.explanation();
        int split = words.lastIndexOf("; ");
        return split < 0
                ? value.invalid(words, "see fq policies")
                : value.invalid(
                        words.substring(0, split), words.substring(split + 2).replaceFirst("^allowed: ", ""));
    }
}
