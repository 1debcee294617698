package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Policies from the jars of a folder. */
class PolicyPluginTest {
    @TempDir
    Path temporary;

    private Path plugins;

    @BeforeEach
    void createFolder() throws IOException {
        plugins = Files.createDirectory(temporary.resolve("plugins"));
    }

    @Test
    void loadsAPolicyAfterTheBuiltInOnes() throws IOException {
        plugin("LastFirst", "\"last-first\", \"The last request gets everything.\", LastFirst::new");

        Policies policies = Policies.withPlugins(plugins);

        assertThat(policies.problems()).isEmpty();
        assertThat(policies.all().subList(0, policies.all().size() - 1))
                .isEqualTo(Policies.installed().all());
        assertThat(policies.all().getLast().name()).isEqualTo("last-first");
        assertThat(policies.serving()).contains(policies.all().getLast());
        Allocation allocation = policies.chooseServing("last-first", Map.of("max_active", "1"))
                .policy()
                .allocate(new Snapshot(2000, 2, 1, List.of(SnapshotJob.queued("a", 1, 5))));
        assertThat(allocation.millicores(0)).isEqualTo(2000);
    }

    @Test
    void reportsEachUnusableJarInOneLineAndLoadsTheOthers() throws IOException {
        Files.writeString(plugins.resolve("A-text.jar"), "not a jar");
        new JarOutputStream(Files.newOutputStream(plugins.resolve("B-empty.jar"))).close();
        PluginJar.pack(
                plugins.resolve("C-missing.jar"), Files.createDirectory(temporary.resolve("empty")), "no.SuchClass");
        plugin("Duplicate", "\"edf\", \"A second one.\", Duplicate::new");
        plugin("Failing", "\"Not a name\", \"Cannot be defined.\", Failing::new");
        plugin("LastFirst", "\"last-first\", \"The last request gets everything.\", LastFirst::new");
        Files.writeString(plugins.resolve("notes.txt"), "is ignored");

        Policies policies = Policies.withPlugins(plugins);

        assertThat(policies.problems())
                .containsExactly(
                        "plug-in A-text.jar is skipped: it cannot be read as a jar",
                        "plug-in B-empty.jar is skipped: it has no META-INF/services/"
                                + "io.framequota.scheduler.policy.PolicyProvider",
                        "plug-in C-missing.jar is skipped: io.framequota.scheduler.policy.PolicyProvider: "
                                + "Provider no.SuchClass not found",
                        "plug-in Duplicate.jar is skipped: another policy is already called edf",
                        "plug-in Failing.jar is skipped: 'Not a name' is not a policy name; allowed: lower-case "
                                + "letters, digits and hyphens");
        assertThat(policies.all()).hasSize(Policies.installed().all().size() + 1);
        assertThat(policies.choose("last-first", Map.of()).name()).isEqualTo("last-first");
    }

    @Test
    void reportsAFolderThatDoesNotExist() {
        Policies policies = Policies.withPlugins(temporary.resolve("nowhere"));

        assertThat(policies.all()).isEqualTo(Policies.installed().all());
        assertThat(policies.problems())
                .containsExactly("no plug-ins are loaded: the folder " + temporary.resolve("nowhere")
                        + " (FRAMEQUOTA_PLUGINS) cannot be read");
    }

    private void plugin(String name, String definition) throws IOException {
        PluginJar.compile(plugins, "example." + name, """
                package example;
                import io.framequota.scheduler.policy.*;
                import java.util.List;
                public final class NAME implements Policy, PolicyProvider {
                    public List<PolicyDefinition> policies() {
                        return List.of(new PolicyDefinition(DEFINITION));
                    }
                    public Allocation allocate(Snapshot snapshot) {
                        double[] millicores = new double[snapshot.jobs().size()];
                        int[] order = JobOrders.smallestFirst(snapshot, j -> 1.0 / j.arrival());
                        WaterFilling.inOrder(snapshot, order, millicores);
                        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
                    }
                }
                """.replace("NAME", name).replace("DEFINITION", definition));
    }
}
