package io.framequota.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.Map.entry;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.mapping;
import static java.util.stream.Collectors.toList;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiFunction;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Checks the rules of docs/architecture.md that the compiler cannot check, over the main classes of every module. */
class ArchitectureTest {
    private static final String ROOT = "io.framequota.";

    /** Folders of all modules with main code that ships. */
    private static final List<String> MODULES = List.of(
            "contract",
            "common",
            "media",
            "client",
            "local",
            "analysis",
            "lab",
            "cli",
            "images",
            "inference-server",
            "inference-service",
            "ingest-service",
            "scheduler/core",
            "scheduler/simulator",
            "scheduler/cgroup",
            "scheduler/placement",
            "scheduler/controller");

    /** The layers: below the packages on the left, code may depend on the packages on the right and on no other of ours. */
    private static final Map<String, Set<String>> LAYERS = Map.ofEntries(
            entry("contract", Set.of()),
            entry("common", Set.of()),
            entry("client", Set.of("common")),
            entry("analysis", Set.of()),
            entry("media", Set.of("contract", "common")),
            entry("ingest", Set.of("contract", "common", "media", "analysis")),
            entry("inference", Set.of("contract", "common", "media")),
            entry("inferenceserver", Set.of("contract", "common", "media")),
            entry("scheduler.policy", Set.of()),
            entry("scheduler.dispatch", Set.of("scheduler.policy")),
            entry("scheduler.quota", Set.of("scheduler.policy", "scheduler.dispatch")),
            entry("scheduler.simulator", Set.of("common", "scheduler.policy", "scheduler.dispatch", "scheduler.quota")),
            entry("scheduler.placement", Set.of()),
            entry("scheduler.cgroup", Set.of("common", "scheduler.quota")),
            entry(
                    "scheduler.controller",
                    Set.of(
                            "contract",
                            "common",
                            "scheduler.policy",
                            "scheduler.dispatch",
                            "scheduler.quota",
                            "scheduler.simulator",
                            "scheduler.placement",
                            "scheduler.cgroup")),
            entry("local", Set.of("contract", "common", "scheduler.quota", "scheduler.cgroup")),
            entry(
                    "lab",
                    Set.of(
                            "common",
                            "client",
                            "scheduler.policy",
                            "scheduler.dispatch",
                            "scheduler.quota",
                            "scheduler.simulator",
                            "scheduler.cgroup")),
            entry(
                    "cli",
                    Set.of(
                            "common",
                            "client",
                            "local",
                            "lab",
                            "analysis",
                            "scheduler.policy",
                            "scheduler.quota",
                            "scheduler.cgroup")),
            entry("images", Set.of("local")));

    /** Names of packages that hold adapters, after the technology to which they adapt. */
    private static final Set<String> TECHNOLOGIES =
            Set.of("kafka", "ffmpeg", "opencv", "onnx", "triton", "postgres", "kubernetes", "cgroup", "grpc", "rtmp");

    /** Packages of that name that are no adapters: values and files of control groups, and a worker's inference stage. */
    private static final Set<String> NO_ADAPTERS =
            Set.of(ROOT + "common.cgroup", ROOT + "scheduler.cgroup", ROOT + "inference.triton");

    /** Simple names that several types may have, each with the reason. */
    private static final Map<String, String> SHARED_NAMES = Map.of();

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .importPaths(MODULES.stream()
                        .map(m -> Path.of("..", m, "target", "classes"))
                        .toList())
                .that(DescribedPredicate.not(generated()));
        for (String layer : LAYERS.keySet()) {
            assertThat(classes.that(resideInAPackage(ROOT + layer + "..")))
                    .as("classes of " + layer)
                    .isNotEmpty();
        }
    }

    @Test
    void everyModuleDependsOnlyOnTheLayersBelowIt() {
        classes()
                .should(onlyDepend("on the layers below", (from, to) -> {
                    String layer = layer(from);
                    return layer(to).equals(layer) || LAYERS.get(layer).contains(layer(to));
                }))
                .check(classes);
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.framequota.(**)").should().beFreeOfCycles().check(classes);
    }

    @Test
    void noTwoTypesHaveTheSameSimpleName() {
        Map<String, List<String>> doubles = classes.stream()
                .filter(JavaClass::isTopLevelClass)
                .filter(type -> !type.getSimpleName().equals("package-info"))
                .collect(groupingBy(JavaClass::getSimpleName, TreeMap::new, mapping(JavaClass::getName, toList())));
        doubles.values().removeIf(types -> types.size() == 1);

        assertThat(doubles.keySet())
                .as("types with the same simple name, and the permitted exceptions: " + doubles)
                .isEqualTo(SHARED_NAMES.keySet());
    }

    @Test
    void onlyMediaAndTheOpenCvBackendUseFfmpegAndOpenCv() {
        noClasses()
                .that()
                .resideOutsideOfPackages(
                        "io.framequota.media..ffmpeg..",
                        "io.framequota.media..opencv..",
                        "io.framequota.inferenceserver.backend.opencv..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.bytedeco..", "org.opencv.."))
                .check(classes);
    }

    @Test
    void onlyKafkaPackagesUseKafka() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..kafka..")
                .should()
                .dependOnClassesThat(resideInAnyPackage(
                        "org.apache.kafka..",
                        "kafka..",
                        "io.smallrye.reactive.messaging..",
                        "org.eclipse.microprofile.reactive.."))
                .check(classes);
    }

    @Test
    void onlyTheTritonPackageOfTheWorkerUsesTheInferenceProtocol() {
        noClasses()
                .that()
                .resideInAPackage("io.framequota.inference..")
                .and()
                .resideOutsideOfPackage("io.framequota.inference.triton..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.framequota.contract.kserve.."))
                .check(classes);
    }

    @Test
    void onlyKubernetesPackagesUseTheKubernetesClient() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..kubernetes..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.fabric8.."))
                .check(classes);
    }

    @Test
    void onlyOnnxPackagesUseOnnxRuntime() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..onnx..")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."))
                .check(classes);
    }

    @Test
    void mediaDependsOnNoFrameworkAndOnNoJob() {
        noClasses()
                .that()
                .resideInAPackage("io.framequota.media..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quarkus..", "jakarta..", "org.eclipse..", "org.apache.kafka.."))
                .check(classes);
    }

    @Test
    void policiesDispatcherPlannerAndSimulatorDependOnTheJdkOnly() {
        String[] core = {
            ROOT + "scheduler.policy..",
            ROOT + "scheduler.dispatch..",
            ROOT + "scheduler.quota..",
            ROOT + "scheduler.simulator..",
            ROOT + "common.compute.."
        };
        String[] allowed = Arrays.copyOf(core, core.length + 2);
        allowed[core.length] = "java..";
        allowed[core.length + 1] = "org.jspecify.annotations..";
        classes()
                .that()
                .resideInAnyPackage(core)
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(allowed))
                .check(classes);
    }

    @Test
    void theContractDependsOnNoFramework() {
        noClasses()
                .that()
                .resideInAPackage("io.framequota.contract..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quarkus..", "jakarta..", "org.apache.kafka..", "io.smallrye.."))
                .check(classes);
    }

    @Test
    void portsDependOnNoAdapter() {
        classes()
                .that()
                .areInterfaces()
                .should(onlyDepend(
                        "on no adapter",
                        (from, to) ->
                                !technology(from).isEmpty() || technology(to).isEmpty()))
                .check(classes);
    }

    @Test
    void adaptersDoNotDependOnOneAnother() {
        classes()
                .should(onlyDepend(
                        "on no adapter of another technology",
                        (from, to) -> technology(from).isEmpty()
                                || technology(to).isEmpty()
                                || technology(to).equals(technology(from))))
                .check(classes);
    }

    private static DescribedPredicate<JavaClass> generated() {
        return resideInAnyPackage(
                "io.framequota.contract.kserve..", "io.framequota.contract.control..", "io.framequota.contract.v1..");
    }

    /** Checks the dependencies on our types; {@code allowed} gets the type that depends and the type on which it depends. */
    private static ArchCondition<JavaClass> onlyDepend(
            String description, BiFunction<JavaClass, JavaClass, Boolean> allowed) {
        return new ArchCondition<>("depend only " + description) {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                from.getDirectDependenciesFromSelf().stream()
                        .filter(d -> d.getTargetClass().getPackageName().startsWith(ROOT))
                        .filter(d -> !allowed.apply(from, d.getTargetClass()))
                        .forEach(d -> events.add(SimpleConditionEvent.violated(from, d.getDescription())));
            }
        };
    }

    /** The layer of a type of ours. */
    private static String layer(JavaClass type) {
        String name = type.getPackageName().substring(ROOT.length()) + ".";
        return LAYERS.keySet().stream()
                .filter(layer -> name.startsWith(layer + "."))
                .findFirst()
                .orElseThrow(() -> new AssertionError(type + " is in no layer"));
    }

    /** The technology of an adapter's package, empty for other packages. */
    private static String technology(JavaClass type) {
        if (NO_ADAPTERS.contains(type.getPackageName())) {
            return "";
        }
        return Arrays.stream(type.getPackageName().split("\\."))
                .filter(TECHNOLOGIES::contains)
                .reduce((outer, inner) -> inner)
                .orElse("");
    }
}
