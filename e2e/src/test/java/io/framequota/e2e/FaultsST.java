package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A process is killed in the middle of a job: the job ends with every frame exactly once, in order. */
class FaultsST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @ParameterizedTest
    @ValueSource(strings = {"inference-service", "inference-server", "ingest-service", "scheduler"})
    void aKilledProcessLosesNothing(String module, @TempDir Path data) {
        try (RunningSystem system = RunningSystem.up(data)) {
            String job = system.submit("sample:walkers", "people").path("job").asText();
            awaitMiddle(system, job);

            system.kill(module);

            JsonNode end = system.awaitEnd(job, LIMIT);
            system.server().assertEveryFrameOnce(end);
            assertThat(end.path("frames").asLong()).isGreaterThan(60);
        }
    }

    @Test
    void anInterruptedSystemGoesOnWhereItWas(@TempDir Path data) {
        String job;
        try (RunningSystem first = RunningSystem.up(data)) {
            job = first.submit("sample:walkers", "people").path("job").asText();
            awaitMiddle(first, job);
            first.interrupt();
        }
        try (RunningSystem second = RunningSystem.up(data)) {
            JsonNode end = second.awaitEnd(job, LIMIT);
            second.server().assertEveryFrameOnce(end);
        }
    }

    private static void awaitMiddle(RunningSystem system, String job) {
        JsonNode middle = system.awaitJob(
                job,
                "has a committed chunk",
                LIMIT,
                j -> j.path("chunks_committed").asInt() > 0);
        assertThat(middle.path("state").asText())
                .as("the fault must come in the middle: " + middle)
                .isEqualTo("RUNNING");
    }
}
