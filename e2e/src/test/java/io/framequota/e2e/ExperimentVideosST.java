package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fq experiment run} with videos starts a system of its own, measures in it, and leaves nothing of it. */
@Tag("long")
class ExperimentVideosST {
    private static final long LIMIT_MINUTES = 8;

    @TempDir
    Path folder;

    @BeforeEach
    void anExperiment() throws IOException {
        Files.writeString(folder.resolve("walkers.yaml"), """
                name: walkers
                cores: 1
                workload: { videos: { sources: [sample:walkers], every: 12, count: 2 } }
                policies: [one-request-at-a-time]
                """);
    }

    @Test
    void twoVideosAreServedAndReported() throws Exception {
        Process fq = start("--json", "-o", folder.resolve("report").toString());
        Set<ProcessHandle> seen = new HashSet<>();
        await("the experiment ends", () -> {
            fq.descendants().forEach(seen::add);
            return !fq.isAlive();
        });

        assertThat(fq.exitValue()).as(said()).isZero();
        JsonNode result = Server.parse(Files.readString(folder.resolve("out")));
        assertThat(result.path("on").asText()).isEqualTo("local");
        assertThat(result.path("facts")
                        .path("alone: sample:walkers, one frame in 12")
                        .asText())
                .startsWith("10 frames in ");
        JsonNode policy = result.path("policies").get(0);
        assertThat(policy.path("actuator").asText()).isEqualTo("dispatch");
        assertThat(policy.path("predicted_mean_s").asDouble()).isPositive();
        JsonNode run = policy.path("runs").get(0);
        double[] responses = StreamSupport.stream(run.path("jobs").spliterator(), false)
                .mapToDouble(j -> j.path("response_s").asDouble())
                .toArray();
        // Each is one chunk: whichever is decoded first goes first.
        assertThat(responses).hasSize(2);
        double first = Math.min(responses[0], responses[1]);
        double last = Math.max(responses[0], responses[1]);
        assertThat(first).isPositive();
        assertThat(run.path("makespan_s").asDouble()).isEqualTo(last).isGreaterThan(first);
        assertThat(run.path("cpu_s").asDouble()).isPositive();
        assertThat(Files.readString(folder.resolve("report/report.html"))).contains("CPU shares over time");
        assertNothingIsLeft(seen);
    }

    @Test
    void anInterruptedExperimentLeavesNothing() throws Exception {
        Process fq = start("-o", folder.resolve("report").toString());
        await("the system runs its first job", () -> said().contains("alone, round 1") || !fq.isAlive());
        assertThat(fq.isAlive()).as(said()).isTrue();
        Set<ProcessHandle> seen = new HashSet<>(fq.descendants().toList());
        assertThat(seen).hasSizeGreaterThan(5);

        Fq.signal(fq.pid(), "INT");

        assertThat(fq.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(fq.exitValue()).isEqualTo(130);
        assertThat(folder.resolve("report")).doesNotExist();
        assertNothingIsLeft(seen);
    }

    private Process start(String... options) throws IOException {
        String[] command = Stream.concat(
                        Stream.of(
                                "experiment",
                                "run",
                                folder.resolve("walkers.yaml").toString(),
                                "--on",
                                "local"),
                        Stream.of(options))
                .toArray(String[]::new);
        return Fq.start(
                folder.resolve("out"),
                folder.resolve("err"),
                Map.of("XDG_STATE_HOME", folder.resolve("state").toString()),
                command);
    }

    private String said() {
        try {
            return Files.readString(folder.resolve("err"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private void assertNothingIsLeft(Set<ProcessHandle> seen) throws Exception {
        await("every process has ended", () -> seen.stream().noneMatch(ProcessHandle::isAlive));
        try (Stream<Path> runs = Files.list(folder.resolve("state/framequota/runs"))) {
            assertThat(runs).isEmpty();
        }
    }

    private void await(String what, BooleanSupplier condition) {
        try {
            Awaitility.await(what)
                    .atMost(Duration.ofMinutes(LIMIT_MINUTES))
                    .pollInterval(Duration.ofMillis(50))
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(said(), e);
        }
    }
}
