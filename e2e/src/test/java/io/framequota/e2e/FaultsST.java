package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A process is killed in the middle of a job: the job ends with every frame exactly once, in order. One system for all kills:
 * it has to be whole again after each.
 */
class FaultsST {
    /**
     * Small chunks: a short job has a middle. And room for three of them (7 MiB each) before results come: in that middle most of
     * the video is not decoded yet.
     */
    static final Map<String, String> CHUNKS =
            Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8", "FRAMEQUOTA_DECODE_AHEAD_BYTES", "40M");

    /** Every second one of the sample's 120. */
    static final int FRAMES = 60;

    static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    static Path data;

    private static RunningSystem system;

    @BeforeAll
    static void up() {
        system = RunningSystem.up(data, CHUNKS);
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @ParameterizedTest
    @ValueSource(strings = {"inference-service", "inference-server", "ingest-service", "scheduler"})
    void aKilledProcessLosesNothing(String module) {
        String job = system.submit("sample:walkers", "people", 2).path("job").asText();
        JsonNode middle = system.server().awaitMiddle(job, LIMIT);

        system.kill(module);

        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText())
                .as("after the kill of %s: %s", module, end)
                .isEqualTo("SUCCEEDED");
        system.server().assertEveryFrameOnce(end, 2);
        assertThat(end.path("frames").asLong()).as(module).isEqualTo(FRAMES);
        assertDecodingWentOn(middle, end);
    }

    /** In the middle the video was not decoded yet. */
    static void assertDecodingWentOn(JsonNode middle, JsonNode end) {
        assertThat(middle.path("chunks").asInt())
                .as("chunks written when the fault came, of those in the end")
                .isLessThan(end.path("chunks").asInt());
    }
}
