package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process is killed in the middle of a job: the job ends with every frame exactly once, in order. */
class FaultsST {
    /** Small chunks: a short job has a middle. */
    private static final Map<String, String> CHUNKS = Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8");

    /** Every second one of the sample's 120. */
    private static final int FRAMES = 60;

    private static final Duration LIMIT = Duration.ofMinutes(3);

    /** One system for all of them: it has to be whole again after each. */
    @Test
    void aKilledProcessLosesNothing(@TempDir Path data) {
        try (RunningSystem system = RunningSystem.up(data, CHUNKS)) {
            for (String module : List.of("inference-service", "inference-server", "ingest-service", "scheduler")) {
                String job =
                        system.submit("sample:walkers", "people", 2).path("job").asText();
                system.server().awaitMiddle(job, LIMIT);

                system.kill(module);

                JsonNode end = system.awaitEnd(job, LIMIT);
                assertThat(end.path("state").asText())
                        .as("after the kill of %s: %s", module, end)
                        .isEqualTo("SUCCEEDED");
                system.server().assertEveryFrameOnce(end, 2);
                assertThat(end.path("frames").asLong()).as(module).isEqualTo(FRAMES);
            }
        }
    }

    @Test
    void anInterruptedSystemGoesOnWhereItWas(@TempDir Path data) {
        String job;
        try (RunningSystem first = RunningSystem.up(data, CHUNKS)) {
            job = first.submit("sample:walkers", "people", 2).path("job").asText();
            first.server().awaitMiddle(job, LIMIT);
            first.interrupt();
        }
        try (RunningSystem second = RunningSystem.up(data, CHUNKS)) {
            JsonNode end = second.awaitEnd(job, LIMIT);
            second.server().assertEveryFrameOnce(end, 2);
            assertThat(end.path("frames").asLong()).isEqualTo(FRAMES);
        }
    }
}
