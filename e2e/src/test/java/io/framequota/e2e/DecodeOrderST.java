package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One video is decoded at a time, and little of it ahead: who is decoded is who the live policy wants to run. */
@Tag("long")
class DecodeOrderST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int CHUNK = 5;

    @TempDir
    Path folder;

    @Test
    void aShorterRequestIsDecodedBeforeTheRestOfALongerOneWhoseFramesStillAppearOnce() throws IOException {
        Path clip = Clips.bar(folder.resolve("long.mp4"), 400, 640, 480);
        Path other = Clips.bar(folder.resolve("short.mp4"), 20, 320, 240);
        Map<String, String> settings = Map.of(
                "FRAMEQUOTA_CHUNK_FRAMES", Integer.toString(CHUNK),
                "FRAMEQUOTA_DECODE_JOBS", "1",
                "FRAMEQUOTA_DECODE_AHEAD_BYTES", "16M");
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"), settings)) {
            system.put("/api/v1/policy", "{\"policy\":\"srpt\"}");
            // Packets are not decoded here and need no slot.
            Map<String, String> pixels = Map.of("model", "people", "transport", "pixels");
            String longer = system.server().upload(clip, pixels).path("job").asText();
            system.awaitJob(
                    longer, "is being decoded", LIMIT, j -> j.path("chunks").asInt() > 0);

            String shorter = system.server().upload(other, pixels).path("job").asText();
            JsonNode waiting = system.awaitJob(
                    shorter,
                    "has its length",
                    LIMIT,
                    j -> j.path("expected_frames").asInt() == 20);
            assertThat(waiting.path("chunks").asInt())
                    .as("it waits for the decoder")
                    .isZero();

            JsonNode end = system.awaitEnd(shorter, LIMIT);
            JsonNode meanwhile = system.job(longer);
            assertThat(meanwhile.path("chunks").asInt())
                    .as("the longer one is not decoded: " + meanwhile)
                    .isLessThan(400 / CHUNK);
            system.server().assertEveryFrameOnce(end, 1);
            system.server().assertEveryFrameOnce(system.awaitEnd(longer, LIMIT), 1);
            assertThat(system.job(longer).path("frames").asInt()).isEqualTo(400);
        }
    }
}
