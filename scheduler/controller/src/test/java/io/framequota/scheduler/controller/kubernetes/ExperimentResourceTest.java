package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.framequota.lab.experiment.Experiment;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.VideoWorkload;
import io.framequota.lab.file.ExperimentFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** An experiment's file as a resource: the definition takes it, and {@code fq} reads the same from it. */
class ExperimentResourceTest {
    private static final Path ROOT = Path.of("..", "..");
    private static final String GROUPS = """
            name: groups
            cores: 2
            workload:
              batch:
                - { size: 1, count: 6, labels: { tenant: a } }
                - %s
            policies: [weighted-fair]
            """;

    @TempDir
    private Path folder;

    private final ResourceSchema schema =
            new ResourceSchema(ROOT.resolve(Path.of("helm", "framequota", "crds", "experiments.yaml")));

    ExperimentResourceTest() throws IOException {}

    static List<Path> shipped() throws IOException {
        try (Stream<Path> files = Files.list(ROOT.resolve("experiments"))) {
            return files.filter(f -> f.toString().endsWith(".yaml")).sorted().toList();
        }
    }

    @Test
    void shippedFilesAreFound() throws IOException {
        assertThat(shipped()).hasSizeGreaterThan(10);
    }

    @ParameterizedTest
    @MethodSource("shipped")
    void everyShippedFileIsAValidResource(Path file) throws IOException {
        GenericKubernetesResource resource = resource(Files.readString(file));

        assertThat(schema.complaints(resource.get("spec"))).isEmpty();
        assertThat(read(resource))
                .isEqualTo(new ExperimentFile(file, "file")
                        .read().stream().map(ExperimentResourceTest::said).toList());
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { size: 1 }                           | experiment.yaml:11: workload.batch[1]: the field sizes is missing
            { size: 1, count: 2, weight: 3 }      | experiment.yaml:14: workload.batch[1].weight: there is no such field
            7                                     | experiment.yaml:11: workload.batch[1]: '7' has no fields
            """)
    void invalidGroupIsReportedWithItsLineAndField(String group, String complaint) {
        GenericKubernetesResource resource = resource(GROUPS.formatted(group));
        assertThat(schema.complaints(resource.get("spec"))).isEmpty();

        assertThatThrownBy(() -> read(resource))
                .isInstanceOf(InvalidExperimentException.class)
                .hasMessageStartingWith(complaint);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            { batch: { sizes: [1] }, poisson: {} }   | spec.workload: not one of
            { kind: waiting }                        | spec.workload: not one of
            { kind: idle, batch: { sizes: [1] } }    | spec.workload.kind: none of
            { trace: { file: a.csv } }               | spec.workload.trace: unknown field
            """)
    void errorThatTheSchemaFindsIsRefusedByTheServer(String workload, String complaint) {
        GenericKubernetesResource resource = resource("name: wrong\ncores: 2\npolicies: [auto]\nworkload: " + workload);

        assertThat(schema.complaints(resource.get("spec")).getFirst()).startsWith(complaint);
    }

    /** As somebody would write it: the name is the resource's own. */
    @SuppressWarnings("unchecked")
    private static GenericKubernetesResource resource(String file) {
        Map<String, Object> spec = Serialization.unmarshal(file, Map.class);
        Object name = spec.remove("name");
        return Serialization.unmarshal(
                CustomResources.json(Map.of(
                        "apiVersion",
                        "framequota.io/v1alpha1",
                        "kind",
                        "Experiment",
                        "metadata",
                        Map.of("name", name),
                        "spec",
                        spec)),
                GenericKubernetesResource.class);
    }

    private List<Map<String, Object>> read(GenericKubernetesResource resource) throws IOException {
        Path file = Files.writeString(folder.resolve("experiment.yaml"), ExperimentCustomResource.file(resource));
        return new ExperimentFile(file, "experiment.yaml")
                .read().stream().map(ExperimentResourceTest::said).toList();
    }

    /** Everything that an experiment says, by value. */
    private static Map<String, Object> said(Experiment experiment) {
        return Map.ofEntries(
                Map.entry("name", experiment.name()),
                Map.entry("description", experiment.description()),
                Map.entry("variant", experiment.variant()),
                Map.entry("seed", experiment.seed()),
                Map.entry("cores", experiment.cores()),
                Map.entry("budget", experiment.budget()),
                Map.entry("scale", experiment.scale()),
                Map.entry("actuators", experiment.actuators()),
                Map.entry("workload", experiment.workloadText()),
                Map.entry("jobs", jobs(experiment)),
                Map.entry("speedup", experiment.speedup()),
                Map.entry("simulation", experiment.simulation()),
                Map.entry(
                        "policies",
                        experiment.policies().stream()
                                .map(p -> p.name() + p.parameters())
                                .toList()),
                Map.entry("serving", experiment.serving()),
                Map.entry("tolerance", experiment.tolerance()));
    }

    private static Object jobs(Experiment experiment) {
        return VideoWorkload.of(experiment)
                .<Object>map(v -> List.of(
                        v.requests().stream().map(VideoWorkload.Named::text).toList(),
                        v.model().text(),
                        v.every(),
                        v.arrivals()))
                .orElseGet(() -> experiment.workload().arrivals(experiment.seed()));
    }
}
