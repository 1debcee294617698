package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fq up --actuator}: the kernel has the quotas that the allocation says, and nothing is left behind. */
@Tag("long")
class ActuatorsST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path data;

    @BeforeEach
    void needsControlGroups() {
        ControlGroups.needed();
    }

    @Test
    void eachJobsWorkerIsLimitedByTheKernelAndAKillLeavesNoControlGroup() throws Exception {
        RunningSystem system =
                RunningSystem.up(data, "--actuator", "quota", "--policy", "divide-and-conquer", "--budget", "900");
        try {
            assertThat(allocation(system).path("actuator").asText()).isEqualTo("quota");
            assertThat(allocation(system).path("notice").isNull()).isTrue();
            String first = system.submit("sample:walkers", "people").path("job").asText();
            String second =
                    system.submit("sample:walkers", "people").path("job").asText();

            system.await(
                    "two workers have 450m each",
                    LIMIT,
                    () -> quotas(system).equals(List.of(450, 450))
                            && kernel(system).equals(List.of(45_000L, 45_000L)));
            system.kill("inference-server");
            system.awaitEnd(first, LIMIT);
            JsonNode end = system.awaitEnd(second, LIMIT);
            assertThat(end.path("state").asText()).isEqualTo("SUCCEEDED");
            double throttled = StreamSupport.stream(
                            allocation(system).path("workers").spliterator(), false)
                    .mapToDouble(
                            w -> w.path("millicores").path("throttled_seconds").asDouble())
                    .sum();
            assertThat(throttled).as("the kernel held them back").isPositive();

            Fq.signal(system.handle().pid(), "KILL");
            system.await(
                    "no group is left",
                    Duration.ofSeconds(20),
                    () -> folders(system).isEmpty());
        } finally {
            system.close();
        }
    }

    @Test
    void quotasAreRefusedWhenWorkersShareAServer() {
        Fq.Ended ended = Fq.run(
                Duration.ofMinutes(1),
                "up",
                "--data",
                data.toString(),
                "--actuator",
                "quota",
                "--triton",
                "127.0.0.1:1");

        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err()).contains("--actuator quota: workers share the server of --triton");
    }

    private static JsonNode allocation(RunningSystem system) {
        return system.get("/api/v1/allocation");
    }

    private static List<Integer> quotas(RunningSystem system) {
        return StreamSupport.stream(allocation(system).path("workers").spliterator(), false)
                .map(w -> w.path("millicores").path("quota").asInt())
                .sorted()
                .toList();
    }

    /** The quotas of this system's workers in microseconds a period. */
    private static List<Long> kernel(RunningSystem system) {
        return folders(system).stream()
                .flatMap(f -> Stream.of(f.resolve("worker-0"), f.resolve("worker-1")))
                .map(g -> Files.exists(g.resolve("cpu.cfs_quota_us"))
                        ? quota(g.resolve("cpu.cfs_quota_us"))
                        : quota(g.resolve("cpu.max")))
                .toList();
    }

    private static long quota(Path file) {
        try {
            String value = Files.readString(file).strip().split(" ")[0];
            return value.equals("max") ? -1 : Long.parseLong(value);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The folders of this system's groups in the hierarchy that limits. */
    private static List<Path> folders(RunningSystem system) {
        Path first = ControlGroups.MOUNT.resolve("cpu");
        String owner = "framequota-" + system.handle().pid() + "-";
        try (Stream<Path> all = Files.find(
                Files.isDirectory(first) ? first : ControlGroups.MOUNT,
                3,
                (p, a) -> p.getFileName().toString().startsWith(owner))) {
            return all.toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
