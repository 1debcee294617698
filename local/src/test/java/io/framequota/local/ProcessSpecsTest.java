package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.quota.Actuator;
import java.nio.file.Path;
import java.util.List;
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

    private ProcessSpecs blueprint(LocalSettings settings) {
        SystemPorts ports = new SystemPorts(1, 2, 3, 4, 5, List.of(6, 7), List.of(8, 9));
        Secrets secrets = new Secrets(TOKEN, BROKER, INFERENCE, DATABASE);
        return new ProcessSpecs(
                installation, new StartupCaches(true), Path.of("/data/inference-server"), settings, ports, secrets, "");
    }

    @Test
    void aModulesNameStandsInItsOwnCommandLinesAndInNoOther() {
        ProcessSpecs blueprint =
                blueprint(new LocalSettings(2, 2, null, "scheduler", Path.of("/models/scheduler"), null, 0, false));
        Stream.of(
                        blueprint.broker(),
                        blueprint.ingest(),
                        blueprint.scheduler(),
                        blueprint.worker(0),
                        blueprint.worker(1),
                        blueprint.server(0),
                        blueprint.server(1))
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
        ProcessSpecs blueprint = blueprint(new LocalSettings(2, 2, null, null, null, null, 0, false));
        assertThat(List.of(
                        blueprint.broker(),
                        blueprint.ingest(),
                        blueprint.scheduler(),
                        blueprint.worker(0),
                        blueprint.server(0)))
                .allSatisfy(p -> assertThat(p.command()).anyMatch(a -> a.startsWith("-Xmx")));
    }

    @Test
    void decodingThreadsShareOneArena() {
        ProcessSpecs blueprint = blueprint(new LocalSettings(2, 2, null, null, null, null, 0, false));

        assertThat(blueprint.ingest().environment()).containsEntry("MALLOC_ARENA_MAX", "1");
    }

    @Test
    void eachSecretIsInTheEnvironmentsOfThoseWhoNeedItAndOnNoCommandLine() {
        ProcessSpecs blueprint = blueprint(new LocalSettings(1, 1, null, null, null, null, 0, false));
        List<ProcessSpec> all = List.of(
                blueprint.broker(),
                blueprint.ingest(),
                blueprint.scheduler(),
                blueprint.worker(0),
                blueprint.server(0));

        assertThat(holders(all, TOKEN)).containsExactly("ingest-service", "scheduler");
        assertThat(holders(all, BROKER))
                .containsExactly("broker", "ingest-service", "scheduler", "inference-service-0");
        assertThat(holders(all, INFERENCE)).containsExactly("inference-service-0", "inference-server-0");
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
    void whoSaysWhetherItIsAliveIsAsked() {
        ProcessSpecs blueprint = blueprint(new LocalSettings(1, 1, null, null, null, null, 0, false));

        assertThat(List.of(blueprint.ingest(), blueprint.scheduler(), blueprint.worker(0)))
                .extracting(ProcessSpec::health)
                .containsExactly(4, 5, 6);
        assertThat(List.of(blueprint.broker(), blueprint.server(0)))
                .extracting(ProcessSpec::health)
                .containsOnly(ProcessSpec.UNASKED);
    }

    @Test
    void framesTravelAsTheUserSaysOrAsTheEnvironmentDoes() {
        LocalSettings silent = new LocalSettings(2, 2, null, null, null, null, 0, false);
        LocalSettings jpeg = new LocalSettings(2, 2, null, null, null, null, 0, false, Actuator.DISPATCH, 90);

        assertThat(blueprint(silent).ingest().environment()).doesNotContainKey("FRAMEQUOTA_FRAMES_JPEG_QUALITY");
        assertThat(blueprint(jpeg).ingest().environment()).containsEntry("FRAMEQUOTA_FRAMES_JPEG_QUALITY", "90");
    }

    @Test
    void workersFindTheirOwnServerOrTheNamedOne() {
        ProcessSpecs own = blueprint(new LocalSettings(2, 4, null, null, null, null, 0, false));
        assertThat(own.worker(1).environment())
                .containsEntry("FRAMEQUOTA_TRITON", "127.0.0.1:9")
                .containsEntry("FRAMEQUOTA_WORKER", "worker-1")
                .containsEntry("FRAMEQUOTA_IN_FLIGHT", "3");
        assertThat(own.server(1).command()).containsSubsequence("--port", "9", "--cores", "2");

        ProcessSpecs named = blueprint(new LocalSettings(2, 4, null, null, null, "gpu:8001", 0, false));
        assertThat(named.worker(1).environment()).containsEntry("FRAMEQUOTA_TRITON", "gpu:8001");
        assertThat(holders(List.of(named.worker(1)), INFERENCE))
                .as("shown to a server that is not ours")
                .isEmpty();
    }

    @Test
    void theBudgetIsAThousandPerCoreUnlessSaid() {
        assertThat(blueprint(new LocalSettings(2, 4, null, null, null, null, 0, false))
                        .scheduler()
                        .environment())
                .containsEntry("FRAMEQUOTA_BUDGET", "4000")
                .doesNotContainKey("FRAMEQUOTA_POLICY");
        assertThat(blueprint(new LocalSettings(2, 4, 1500, "divide-and-conquer", null, null, 0, false))
                        .scheduler()
                        .environment())
                .containsEntry("FRAMEQUOTA_BUDGET", "1500")
                .containsEntry("FRAMEQUOTA_POLICY", "divide-and-conquer");
    }
}
