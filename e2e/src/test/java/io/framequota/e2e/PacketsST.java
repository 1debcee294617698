package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The frames of an ordinary video travel as its own packets: a twentieth of the bytes of pixels, at most. */
class PacketsST {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void packetsAreATwentiethOfPixels() throws Exception {
        Path video = Clips.bar(folder.resolve("bar.mp4"), 200, 640, 360);
        try (RunningSystem system = RunningSystem.up(folder.resolve("data"))) {
            double packets = bytes(system, video, "auto", "packets");
            double pixels = bytes(system, video, "pixels", "pixels");

            assertThat(packets).isPositive().isLessThan(pixels / 20);
        }
    }

    /** Bytes of records that a job sends to the topic of frames. */
    private static double bytes(RunningSystem system, Path video, String asked, String transport) {
        double before = JpegST.sentBytes(system);
        String job = system.server()
                .upload(video, Map.of("model", "people", "every", "2", "transport", asked))
                .path("job")
                .asText();
        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        assertThat(end.path("frame_transport").asText()).as(end.toString()).isEqualTo(transport);
        assertThat(end.path("frames").asInt()).isEqualTo(100);
        return JpegST.sentBytes(system) - before;
    }
}
