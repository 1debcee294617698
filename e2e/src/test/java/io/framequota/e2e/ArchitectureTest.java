package io.framequota.e2e;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules of docs/architecture.md that a compiler does not know, over the compiled classes of every module. */
class ArchitectureTest {
    private static final List<String> MODULES = List.of(
            "contract",
            "common",
            "local",
            "analysis",
            "cli",
            "inference-server",
            "inference-service",
            "ingest-service",
            "scheduler/cgroup",
            "scheduler/placement",
            "scheduler/core",
            "scheduler/simulator",
            "lab",
            "scheduler/controller");
    /** Sub-packages that hold adapters, named after the technology they adapt. */
    private static final Set<String> TECHNOLOGIES =
            Set.of("kafka", "ffmpeg", "opencv", "onnx", "triton", "postgres", "kubernetes", "cgroup", "authority");

    private static JavaClasses classes;

    @BeforeAll
    static void read() {
        classes = new ClassFileImporter()
                .importPaths(MODULES.stream()
                        .map(m -> Path.of("..", m, "target", "classes"))
                        .toList());
        for (String module : List.of(
                "contract",
                "cli",
                "ingest",
                "inference",
                "inferenceserver",
                "scheduler.cgroup",
                "scheduler.placement",
                "scheduler.policy",
                "scheduler.dispatch",
                "scheduler.simulator",
                "lab",
                "scheduler.controller")) {
            assertThat(classes.that(resideInAPackage("io.framequota." + module + "..")))
                    .as("classes of " + module)
                    .isNotEmpty();
        }
    }

    @Test
    void packagesHaveNoCycles() {
        slices().matching("io.framequota.(*).(**)")
                .should()
                .beFreeOfCycles()
                .check(classes.that(DescribedPredicate.not(generated())));
    }

    @Test
    void bytedecoStaysInItsAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackages("..ffmpeg..", "..opencv..")
                .should()
                .dependOnClassesThat(resideInAnyPackage("org.bytedeco..", "org.opencv.."))
                .check(classes);
    }

    @Test
    void kafkaStaysInItsAdapters() {
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
    void theTritonProtocolStaysInItsAdapters() {
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
    void kubernetesAndOnnxRuntimeStayInTheirAdapters() {
        noClasses()
                .that()
                .resideOutsideOfPackage("..kubernetes..")
                .should()
                .dependOnClassesThat(resideInAPackage("io.fabric8.."))
                .check(classes);
        noClasses()
                .that()
                .resideOutsideOfPackage("..onnx..")
                .should()
                .dependOnClassesThat(resideInAPackage("ai.onnxruntime.."))
                .check(classes);
    }

    @Test
    void policiesAreFreeOfEverythingButTheJdk() {
        classes()
                .that()
                .resideInAPackage("io.framequota.scheduler.policy..")
                .should()
                .onlyDependOnClassesThat(
                        resideInAnyPackage("java..", "org.jspecify.annotations..", "io.framequota.scheduler.policy.."))
                .check(classes);
    }

    @Test
    void theDispatcherThePlannerAndTheSimulatorKnowNothingButPoliciesAndTheJdk() {
        classes()
                .that()
                .resideInAnyPackage(
                        "io.framequota.scheduler.dispatch..",
                        "io.framequota.scheduler.quota..",
                        "io.framequota.scheduler.simulator..")
                .should()
                .onlyDependOnClassesThat(resideInAnyPackage(
                        "java..",
                        "org.jspecify.annotations..",
                        "io.framequota.scheduler.policy..",
                        "io.framequota.scheduler.dispatch..",
                        "io.framequota.scheduler.quota..",
                        "io.framequota.scheduler.simulator.."))
                .check(classes);
    }

    @Test
    void theContractKnowsNoFramework() {
        noClasses()
                .that()
                .resideInAPackage("io.framequota.contract..")
                .should()
                .dependOnClassesThat(
                        resideInAnyPackage("io.quarkus..", "jakarta..", "org.apache.kafka..", "io.smallrye.."))
                .check(classes);
    }

    @Test
    void portsImportNoAdapter() {
        noClasses()
                .that()
                .areInterfaces()
                .and(DescribedPredicate.not(adapters()))
                .should()
                .dependOnClassesThat(adapters())
                .check(classes);
    }

    @Test
    void adaptersDoNotImportOneAnother() {
        classes()
                .that()
                .resideInAPackage("io.framequota..")
                .should(notImportAnotherAdapter())
                .check(classes);
    }

    private static DescribedPredicate<JavaClass> generated() {
        return resideInAnyPackage(
                "io.framequota.contract.kserve..", "io.framequota.contract.control..", "io.framequota.contract.v1..");
    }

    private static DescribedPredicate<JavaClass> adapters() {
        return DescribedPredicate.describe("are adapters", type -> technology(type) != null);
    }

    private static ArchCondition<JavaClass> notImportAnotherAdapter() {
        return new ArchCondition<>("not import an adapter of another technology") {
            @Override
            public void check(JavaClass from, ConditionEvents events) {
                String technology = technology(from);
                if (technology == null) {
                    return;
                }
                from.getDirectDependenciesFromSelf().forEach(d -> {
                    String other = technology(d.getTargetClass());
                    if (other != null && !other.equals(technology)) {
                        events.add(SimpleConditionEvent.violated(from, d.getDescription()));
                    }
                });
            }
        };
    }

    /** The technology of an adapter's package, null for any other class. */
    private static String technology(JavaClass type) {
        if (!type.getPackageName().startsWith("io.framequota.")) {
            return null;
        }
        return List.of(type.getPackageName().split("\\.")).stream()
                .filter(TECHNOLOGIES::contains)
                .findFirst()
                .orElse(null);
    }
}
