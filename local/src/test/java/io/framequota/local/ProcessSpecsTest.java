package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.local.process.ProcessSpec;
import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ProcessSpecsTest {
    private static final List<String> MODULES =
            List.of("ingest-service", "inference-service", "inference-server", "scheduler");

    private static final String TOKEN = "only-for-those-two";
    private static final String BROKER = "only-for-the-broker-and-its-clients";
    private static final String INFERENCE = "only-for-the-servers-and-their-workers";
    private static final String DATABASE = "only-for-the-one-with-the-database";

    /** A user whose folders have unfortunate names. */
    private final Installation installation = new Installation(
            Path.of("/home/scheduler/ingest-service"),
            Path.of("/usr/bin/java"),
            Path.of("/home/scheduler/.state"),
            Path.of("/var/cache"));

    private ProcessSpecs specs(LocalSettings settings) {
        return specs(settings, Map.of());
    }

    private ProcessSpecs specs(LocalSettings settings, Map<String, String> inherited) {
        SystemPorts ports = new SystemPorts(1, 2, 3, 4, 5, 6, settings.servers() == 1 ? List.of(8) : List.of(8, 9));
        Secrets secrets = new Secrets(TOKEN, BROKER, INFERENCE, DATABASE);
        return new ProcessSpecs(
                installation,
                StartupCaches.RECORDED,
                Path.of("/data/inference-server"),
                settings,
                ports,
                secrets,
                "",
                inherited);
    }

    private static LocalSettings settings(
            int workers, int cores, Integer budget, String policy, Path models, String triton) {
        return new LocalSettings(workers, cores, budget, policy, models, triton, 0, false, Actuator.DISPATCH, null);
    }

    private static LocalSettings limited(int workers, int cores) {
        return new LocalSettings(workers, cores, null, null, null, null, 0, false, Actuator.QUOTA, null);
    }

    @Test
    void aModulesNameIsInItsOwnCommandLinesOnly() {
        ProcessSpecs specs = specs(settings(2, 2, null, "scheduler", Path.of("/models/scheduler"), null));
        ProcessSpecs limited = specs(limited(2, 2));
        Stream.of(
                        specs.broker(),
                        specs.ingest(),
                        specs.scheduler(),
                        specs.workers(),
                        specs.server(0),
                        limited.workers(),
                        limited.server(1))
                .forEach(process -> {
                    String line = String.join(" ", process.command());
                    List<String> named = MODULES.stream().filter(line::contains).toList();
                    List<String> own =
                            MODULES.stream().filter(process.name()::startsWith).toList();
                    assertThat(named).as(line).isEqualTo(own);
                });
    }

    @Test
    void everyHeapIsBounded() {
        ProcessSpecs specs = specs(settings(2, 2, null, null, null, null));
        assertThat(List.of(specs.broker(), specs.ingest(), specs.scheduler(), specs.workers(), specs.server(0)))
                .allSatisfy(p -> assertThat(p.command()).anyMatch(a -> a.startsWith("-Xmx")));
    }

    @Test
    void decodingThreadsShareOneArena() {
        ProcessSpecs specs = specs(settings(2, 2, null, null, null, null));

        assertThat(specs.ingest().environment()).containsEntry("MALLOC_ARENA_MAX", "1");
        assertThat(specs.workers().environment()).containsEntry("MALLOC_ARENA_MAX", "1");
    }

    @Test
    void eachSecretIsInTheEnvironmentsThatNeedItAndOnNoCommandLine() {
        ProcessSpecs specs = specs(settings(1, 1, null, null, null, null));
        List<ProcessSpec> all =
                List.of(specs.broker(), specs.ingest(), specs.scheduler(), specs.workers(), specs.server(0));

        assertThat(holders(all, TOKEN)).containsExactly("ingest-service", "scheduler");
        assertThat(holders(all, BROKER)).containsExactly("broker", "ingest-service", "scheduler", "inference-service");
        assertThat(holders(all, INFERENCE)).containsExactly("inference-service", "inference-server");
        assertThat(holders(all, DATABASE)).containsExactly("ingest-service");
        assertThat(all)
                .allSatisfy(p ->
                        assertThat(String.join(" ", p.command())).doesNotContain(TOKEN, BROKER, INFERENCE, DATABASE));
    }

    private static List<String> holders(List<ProcessSpec> all, String secret) {
        return all.stream()
                .filter(p -> p.environment().values().stream().anyMatch(v -> v.contains(secret)))
                .map(ProcessSpec::name)
                .toList();
    }

    @Test
    void tenantsDoNotReadFromThisMachine() {
        LocalSettings once = settings(1, 1, null, null, null, null);
        LocalSettings lasting = new LocalSettings(1, 1, null, null, null, null, 0, true, Actuator.DISPATCH, null);
        Map<String, String> keys = Map.of("FRAMEQUOTA_AUTH", "keys");

        assertThat(specs(lasting).ingest().environment())
                .containsEntry("FRAMEQUOTA_AUTH", "off")
                .containsEntry("FRAMEQUOTA_FETCH_INTERNAL", "true");
        assertThat(specs(lasting, keys).ingest().environment())
                .containsEntry("FRAMEQUOTA_AUTH", "keys")
                .doesNotContainKey("FRAMEQUOTA_FETCH_INTERNAL");
        assertThat(specs(lasting, keys).scheduler().environment()).containsEntry("FRAMEQUOTA_AUTH", "keys");
        assertThat(specs(lasting, Map.of("FRAMEQUOTA_FETCH_INTERNAL", "false"))
                        .ingest()
                        .environment())
                .as("the user's own value is inherited")
                .doesNotContainKey("FRAMEQUOTA_FETCH_INTERNAL");
        assertThat(specs(once, keys).ingest().environment())
                .as("a system for one command")
                .containsEntry("FRAMEQUOTA_AUTH", "off")
                .containsEntry("FRAMEQUOTA_FETCH_INTERNAL", "true");
    }

    @Test
    void processesWithALivenessProbeAreProbed() {
        ProcessSpecs specs = specs(settings(1, 1, null, null, null, null));

        assertThat(List.of(specs.ingest(), specs.scheduler(), specs.workers()))
                .extracting(ProcessSpec::healthPort)
                .containsExactly(4, 5, 6);
        assertThat(List.of(specs.broker(), specs.server(0)))
                .extracting(ProcessSpec::healthPort)
                .containsOnly(ProcessSpec.NO_HEALTH_PORT);
    }

    @Test
    void theJpegQualityIsTheUsersOrThatOfTheEnvironment() {
        LocalSettings silent = settings(2, 2, null, null, null, null);
        LocalSettings jpeg = new LocalSettings(2, 2, null, null, null, null, 0, false, Actuator.DISPATCH, 90);

        assertThat(specs(silent).ingest().environment()).doesNotContainKey("FRAMEQUOTA_FRAMES_JPEG_QUALITY");
        assertThat(specs(jpeg).ingest().environment()).containsEntry("FRAMEQUOTA_FRAMES_JPEG_QUALITY", "90");
    }

    @Test
    void workersShareAServerUnlessEachIsLimitedOrOneIsNamed() {
        ProcessSpecs shared = specs(settings(2, 4, null, null, null, null));
        assertThat(shared.workers().environment())
                .containsEntry("FRAMEQUOTA_TRITON", "127.0.0.1:8")
                .containsEntry("FRAMEQUOTA_WORKER", "worker-0,worker-1")
                .containsEntry("FRAMEQUOTA_IN_FLIGHT", "3");
        assertThat(shared.server(0).name()).isEqualTo("inference-server");
        assertThat(shared.server(0).command()).containsSubsequence("--port", "8", "--cores", "2");

        ProcessSpecs limited = specs(limited(2, 4));
        assertThat(limited.workers().environment()).containsEntry("FRAMEQUOTA_TRITON", "127.0.0.1:8,127.0.0.1:9");
        assertThat(limited.server(1).name()).isEqualTo("inference-server-1");
        assertThat(limited.server(1).command()).containsSubsequence("--port", "9", "--cores", "2");

        ProcessSpecs named = specs(settings(2, 4, null, null, null, "gpu:8001"));
        assertThat(named.workers().environment()).containsEntry("FRAMEQUOTA_TRITON", "gpu:8001");
        assertThat(holders(List.of(named.workers()), INFERENCE))
                .as("shown to a server that is not ours")
                .isEmpty();
    }

    @Test
    void theDefaultBudgetIsAThousandPerCore() {
        assertThat(specs(settings(2, 4, null, null, null, null)).scheduler().environment())
                .containsEntry("FRAMEQUOTA_BUDGET", "4000")
                .doesNotContainKey("FRAMEQUOTA_POLICY");
        assertThat(specs(settings(2, 4, 1500, "divide-and-conquer", null, null))
                        .scheduler()
                        .environment())
                .containsEntry("FRAMEQUOTA_BUDGET", "1500")
                .containsEntry("FRAMEQUOTA_POLICY", "divide-and-conquer");
    }
}
