package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.media.testing.Ffmpeg;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is wrong with a source is said of that source; every other job finishes. */
@Tag("long")
class BadInputST {
    private static final Duration LIMIT = Duration.ofMinutes(4);

    @TempDir
    Path folder;

    @Test
    void everyKindOfBadFileIsReportedWithItsCauseAndTheGoodOnesFinish() throws Exception {
        Path good = moving(folder.resolve("good.mp4"), 160, 120, 24, "");
        Path tiny = moving(folder.resolve("tiny.gif"), 16, 16, 3, " -vf scale=1:1");
        Path huge = moving(folder.resolve("huge.mkv"), 7680, 4320, 2, " -c:v mjpeg");
        Path audio = Ffmpeg.make(folder.resolve("audio.wav"), "-f lavfi -i sine=frequency=440:duration=1");
        Path noVideo = Files.writeString(folder.resolve("words.mp4"), "only words ".repeat(500));
        Path truncated = truncate(moving(folder.resolve("truncated.mkv"), 320, 240, 60, " -g 10"), 0.5);
        Path corrupt = corrupt(moving(folder.resolve("corrupt.mkv"), 320, 240, 60, " -g 10"));

        Fq.Ended ended = Fq.run(
                LIMIT,
                "detect",
                good.toString(),
                tiny.toString(),
                huge.toString(),
                audio.toString(),
                noVideo.toString(),
                truncated.toString(),
                corrupt.toString(),
                "-o",
                folder.resolve("out").toString(),
                "--json");

        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        Map<String, JsonNode> jobs = ended.out()
                .lines()
                .map(RunningSystem::parse)
                .collect(Collectors.toMap(
                        j -> Path.of(j.path("source").asText()).getFileName().toString(), Function.identity()));
        assertThat(jobs).hasSize(7);
        assertThat(state(jobs, "good.mp4")).isEqualTo("SUCCEEDED");
        assertThat(jobs.get("good.mp4").path("frames").asInt()).isEqualTo(24);
        assertThat(state(jobs, "tiny.gif")).isEqualTo("SUCCEEDED");
        assertThat(jobs.get("tiny.gif").path("frames").asInt()).isEqualTo(3);
        assertThat(state(jobs, "huge.mkv")).isEqualTo("SUCCEEDED");
        assertThat(jobs.get("huge.mkv").path("frames").asInt()).isEqualTo(2);
        assertThat(state(jobs, "audio.wav")).isEqualTo("FAILED");
        assertThat(state(jobs, "words.mp4")).isEqualTo("FAILED");
        assertThat(state(jobs, "truncated.mkv")).isEqualTo("SUCCEEDED");
        assertThat(jobs.get("truncated.mkv").path("frames").asInt()).isBetween(10, 59);
        assertThat(jobs.get("truncated.mkv").path("warnings")).isNotEmpty();
        assertThat(state(jobs, "corrupt.mkv")).isEqualTo("SUCCEEDED");
        assertThat(jobs.get("corrupt.mkv").path("frames").asInt()).isGreaterThan(30);
        assertThat(jobs.get("corrupt.mkv").path("warnings"))
                .satisfiesExactly(
                        damage -> assertThat(damage.asText()).contains("the source is damaged"),
                        consequence -> assertThat(consequence.asText()).contains("frames travel as pixels"));
        assertThat(linesAbout("audio.wav", ended)).singleElement().asString().contains("failed: ", "no video stream");
        assertThat(linesAbout("words.mp4", ended)).singleElement().asString().contains("failed: ");
        assertThat(linesAbout("corrupt.mkv", ended))
                .satisfiesExactly(
                        warning -> assertThat(warning).contains("warning: ", "is damaged"),
                        warning -> assertThat(warning).contains("warning: ", "as pixels"),
                        end -> assertThat(end).contains(" in 60 frames, "));
        assertThat(ended.err()).doesNotContain("Exception");
    }

    @Test
    void anEmptyFileIsRefusedBeforeAnythingStarts() throws IOException {
        Path empty = Files.createFile(folder.resolve("empty.mp4"));
        Fq.Ended ended = Fq.run(LIMIT, "detect", empty.toString());
        assertThat(ended.code()).isEqualTo(2);
        assertThat(ended.err().lines()).singleElement().asString().contains("empty.mp4", "is empty");
    }

    @Test
    void anUploadToAFullDiskIsRefusedAndTheOthersFinish() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));
        Path storage = Files.createDirectories(data.resolve("storage"));
        assumeTrue(
                run("mount", "-t", "tmpfs", "-o", "size=12m", "tmpfs", storage.toString()) == 0,
                "skipped: no right to mount a small file system");
        try (RunningSystem system = RunningSystem.up(data)) {
            Path big = folder.resolve("big.mp4");
            try (RandomAccessFile file = new RandomAccessFile(big.toFile(), "rw")) {
                file.setLength(32L << 20);
            }
            Fq.Ended refused = Fq.run(LIMIT, "submit", big.toString(), "--server", system.url());
            assertThat(refused.code()).as(refused.err()).isNotZero();
            assertThat(refused.err())
                    .contains("big.mp4")
                    .containsAnyOf("full", "space")
                    .doesNotContain("Exception");

            String job =
                    system.submit("sample:walkers", "people", 8).path("job").asText();
            assertThat(system.awaitEnd(job, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");

            failsForLackOfSpaceAndIsRedriven(system, storage);
        } finally {
            run("umount", storage.toString());
        }
    }

    private static void failsForLackOfSpaceAndIsRedriven(RunningSystem system, Path storage) throws IOException {
        String job = system.submit("sample:walkers", "people", 1).path("job").asText();
        system.awaitJob(job, "has frames", LIMIT, j -> j.path("chunks").asInt() > 0);
        Path filling = storage.resolve("filling");
        try (var out = Files.newOutputStream(filling)) {
            byte[] block = new byte[4096];
            while (true) {
                out.write(block);
            }
        } catch (IOException full) {
            // As intended.
        }
        JsonNode failed = system.awaitEnd(job, LIMIT);
        assertThat(failed.path("state").asText()).isEqualTo("FAILED");
        assertThat(failed.path("error").asText()).contains("space").doesNotContain("Exception");

        Files.delete(filling);
        assertThat(Fq.run(LIMIT, "redrive", job, "--server", system.url()).code())
                .isZero();
        JsonNode redriven = system.awaitEnd(job, LIMIT);
        assertThat(redriven.path("state").asText()).as(redriven.toString()).isEqualTo("SUCCEEDED");
        assertThat(system.lines(job)).hasSize(120);
    }

    /** A moving test picture of a size and a number of frames at 10 per second. */
    private static Path moving(Path file, int width, int height, int frames, String options) throws IOException {
        try {
            return Ffmpeg.make(
                    file,
                    "-f lavfi -i testsrc2=size=" + width + "x" + height + ":rate=10 -frames:v " + frames + options);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What fq said of a source; its progress lines name none. */
    private static List<String> linesAbout(String file, Fq.Ended ended) {
        return ended.err().lines().filter(l -> l.contains(file)).toList();
    }

    private static String state(Map<String, JsonNode> jobs, String file) {
        return jobs.get(file).path("state").asText();
    }

    private static Path truncate(Path file, double part) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.setLength((long) (f.length() * part));
        }
        return file;
    }

    private static Path corrupt(Path file) throws IOException {
        try (RandomAccessFile f = new RandomAccessFile(file.toFile(), "rw")) {
            f.seek(f.length() / 2);
            f.write(new byte[600]);
        }
        return file;
    }

    private static int run(String... command) throws IOException {
        try {
            return new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
