package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.ingest.source.sample.SampleVideo;
import io.framequota.media.testing.Ffmpeg;
import io.framequota.media.testing.TestVideos;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * On a running system every kind of video has the same result, byte for byte, whether its frames travel as packets or as pixels.
 * People walk through most of the videos, so lines have boxes and scores that depend on every pixel.
 */
@Tag("long")
class TransportsST {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    /** Small chunks, and room for few: a job has a middle. */
    private static final Map<String, String> SETTINGS =
            Map.of("FRAMEQUOTA_CHUNK_FRAMES", "8", "FRAMEQUOTA_DECODE_AHEAD_BYTES", "200K");

    @TempDir
    static Path folder;

    private static RunningSystem system;
    private static Path walkers;

    @BeforeAll
    static void up() throws Exception {
        system = RunningSystem.up(folder.resolve("data"), SETTINGS);
        walkers = new SampleVideo().walkers(folder.resolve("sample"));
    }

    @AfterAll
    static void down() {
        system.close();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "h264.mp4 | packets | -c:v libopenh264 -g 12",
                "mpeg4-b-frames.mp4 | packets | -c:v mpeg4 -q:v 3 -bf 2 -g 12",
                "mpeg2-open-groups.ts | packets | -c:v mpeg2video -q:v 3 -bf 2 -g 12",
                "mpeg2-interlaced.ts | packets | -c:v mpeg2video -q:v 3 -bf 2 -g 12 -flags +ildct+ilme -top 1",
                "non-zero-start.ts | packets | -c:v mpeg4 -q:v 3 -bf 2 -g 12 -output_ts_offset 5",
                "variable-rate.mkv | packets | -vf settb=1/30,setpts=N+floor(N/5)*3 -fps_mode passthrough -enc_time_base 1/30"
                        + " -c:v libopenh264 -g 12",
                "edit-list.mp4 | packets | -c:v mpeg4 -q:v 3 -bf 2 -g 12 -output_ts_offset 1.5",
                "trimmed.mp4 | packets | -c:v mpeg4 -q:v 3 -bf 2 -g 12",
                "rotated.mp4 | packets | -c:v mpeg4 -q:v 3 -g 12",
                "vp8.webm | packets | -c:v libvpx -g 12 -b:v 1M -auto-alt-ref 1 -lag-in-frames 16 -deadline realtime",
                "vp9.webm | packets | -c:v libvpx-vp9 -g 12 -b:v 1M -auto-alt-ref 1 -lag-in-frames 16 -deadline realtime"
                        + " -cpu-used 8",
                "av1.mp4 | packets | -c:v libsvtav1 -preset 12 -g 12",
                "ten-bit.mkv | packets | -pix_fmt yuv420p10le -c:v libsvtav1 -preset 12 -g 12",
                "mjpeg.avi | packets | -c:v mjpeg -q:v 3 -pix_fmt yuvj420p",
                "without-times.avi | pixels | -c:v mpeg4 -q:v 3 -bf 2 -g 12",
                "other-codec.mkv | pixels | -c:v ffv1 -g 5",
                "within-a-group.ts | pixels | -c:v mpeg2video -q:v 3 -bf 2 -g 24",
                "truncated.mp4 | pixels | -c:v mpeg4 -q:v 3 -bf 2 -g 12 -movflags +faststart",
                "corrupt.mp4 | pixels | -c:v mpeg4 -q:v 3 -bf 2 -g 12",
            })
    void packetsAndPixelsGiveTheSameResult(String name, String transport, String arguments) throws Exception {
        assertSame(make(name, arguments), transport, "packets", "auto");
    }

    /** Asked for, packets may take longer than a grant should. */
    @Test
    void aLongGroupTravelsAsOneChunkIfAskedFor() throws Exception {
        assertSame(make("one-group.mp4", "-c:v libopenh264 -g 999"), "packets", "packets");
    }

    @ParameterizedTest
    @ValueSource(strings = {"H264_OPEN_GROUPS", "HEVC_OPEN_GROUPS"})
    void openGroupsOfOtherEncodersToo(String kind) throws Exception {
        assertSame(TestVideos.valueOf(kind).make(folder), "packets", "packets", "auto");
    }

    @ParameterizedTest
    @ValueSource(strings = {"inference-service", "ingest-service"})
    void aKilledProcessChangesNothing(String module) throws Exception {
        Path video = make("killed-" + module + ".ts", "-c:v mpeg2video -q:v 3 -bf 2 -g 12");
        String packets = submit(video, 2, "packets");
        JsonNode middle = system.server().awaitMiddle(packets, LIMIT);

        system.kill(module);

        JsonNode end = system.awaitEnd(packets, LIMIT);
        FaultsST.assertDecodingWentOn(middle, end);
        assertThat(end.path("frame_transport").asText()).isEqualTo("packets");
        assertThat(end.path("warnings")).isEmpty();
        assertThat(system.server().result(packets)).isEqualTo(result(video, 2, "pixels"));
    }

    @Test
    void theSourceOfAJobIsUsedAgain() throws Exception {
        String first = submit(make("again.mp4", "-c:v libopenh264 -g 12"), 5, "packets");
        assertThat(system.awaitEnd(first, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");

        Fq.Ended again = Fq.run(
                LIMIT, "submit", "--again", first, "--every", "5", "--transport", "pixels", "--server", system.url());

        assertThat(again.code()).as(again.err()).isZero();
        String second = again.out().strip();
        assertThat(system.awaitEnd(second, LIMIT).path("frame_transport").asText())
                .isEqualTo("pixels");
        assertThat(system.server().result(second)).isEqualTo(system.server().result(first));
    }

    private static void assertSame(Path video, String transport, String... ways) {
        String pixels = result(video, 4, "pixels");
        assertThat(pixels).isNotEmpty();
        for (String asked : ways) {
            String job = submit(video, 4, asked);
            JsonNode end = system.awaitEnd(job, LIMIT);
            assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
            assertThat(system.server().result(job)).as(end.toString()).isEqualTo(pixels);
            assertThat(end.path("frame_transport").asText()).as(end.toString()).isEqualTo(transport);
            assertThat(end.has("frame_transport_reason")).isEqualTo(transport.equals("pixels"));
        }
    }

    private static String submit(Path video, int every, String transport) {
        return system.server()
                .upload(video, Map.of("model", "people", "every", "" + every, "transport", transport))
                .path("job")
                .asText();
    }

    private static String result(Path video, int every, String transport) {
        String job = submit(video, every, transport);
        JsonNode end = system.awaitEnd(job, LIMIT);
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        return system.server().result(job);
    }

    private static Path make(String name, String arguments) throws Exception {
        Path file = folder.resolve(name);
        Ffmpeg.make(file, "-i " + walkers + " -an " + arguments);
        switch (name) {
            case "trimmed.mp4" -> {
                // An edit list hides the pictures of the first group that come before the cut.
                Path whole = Files.move(file, folder.resolve("whole.mp4"));
                Ffmpeg.make(file, "-ss 0.7 -i " + whole + " -c copy");
            }
            case "rotated.mp4" -> {
                Path plain = Files.move(file, folder.resolve("plain.mp4"));
                Ffmpeg.make(file, "-display_rotation 90 -i " + plain + " -c copy");
            }
            case "within-a-group.ts" -> {
                byte[] whole = Files.readAllBytes(file);
                Files.write(file, Arrays.copyOfRange(whole, 188 * 400, whole.length));
            }
            case "truncated.mp4" -> {
                try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.WRITE)) {
                    bytes.truncate(bytes.size() * 6 / 10);
                }
            }
            case "corrupt.mp4" -> {
                byte[] whole = Files.readAllBytes(file);
                Arrays.fill(whole, whole.length / 2, whole.length / 2 + 3000, (byte) 0);
                Files.write(file, whole);
            }
            default -> {}
        }
        return file;
    }
}
