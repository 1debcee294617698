package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first command of the README and what can be wrong with its input. */
class DetectST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void theSampleIsDetectedAndAnnotatedAndNothingIsLeftBehind() throws IOException {
        Set<String> before = temporary();
        Path out = folder.resolve("out.jsonl.gz");
        Path video = folder.resolve("out.mp4");

        Fq.Ended ended = Fq.run(
                LIMIT, "detect", "sample:walkers", "-o", out.toString(), "--annotate", video.toString(), "--json");

        assertThat(ended.code()).as(ended.err()).isZero();
        JsonNode job = RunningSystem.parse(ended.out());
        assertThat(job.path("state").asText()).isEqualTo("SUCCEEDED");
        List<JsonNode> lines = lines(out);
        assertThat(lines.stream().map(l -> l.path("frame").asLong()).toList())
                .isEqualTo(
                        LongStream.range(0, job.path("frames").asLong()).boxed().toList());
        long people = lines.stream().mapToLong(l -> l.path("detections").size()).sum();
        assertThat(people)
                .as("walkers found")
                .isEqualTo(job.path("detections").asLong())
                .isGreaterThan(lines.size() / 2);
        assertThat(Files.size(video)).isGreaterThan(10_000);
        // Other fq processes use the folder, too, for a short time.
        await("nothing is left behind in the temporary folder").until(() -> before.containsAll(temporary()));
    }

    @Test
    @Tag("long")
    void twoRunsAtTheSameTimeDoNotDisturbEachOther() {
        List<CompletableFuture<Fq.Ended>> both = List.of("a", "b").stream()
                .map(name -> CompletableFuture.supplyAsync(() -> Fq.run(
                        LIMIT,
                        "detect",
                        "sample:walkers",
                        "--every",
                        "4",
                        "-o",
                        folder.resolve(name + ".jsonl.gz").toString(),
                        "--json")))
                .toList();
        List<Fq.Ended> ends = both.stream().map(CompletableFuture::join).toList();
        assertThat(ends).allSatisfy(e -> assertThat(e.code()).as(e.err()).isZero());
        assertThat(lines(folder.resolve("a.jsonl.gz"))).isEqualTo(lines(folder.resolve("b.jsonl.gz")));
    }

    @Test
    void aBadSourceIsReportedInOneLineAndTheOthersFinish() throws IOException {
        Path text = Files.writeString(folder.resolve("notes.mp4"), "not a video at all");
        Path good = folder.resolve("results");

        Fq.Ended ended = Fq.run(
                LIMIT, "detect", text.toString(), "sample:walkers", "--every", "8", "-o", good.toString(), "--json");

        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        List<JsonNode> jobs = ended.out().lines().map(RunningSystem::parse).toList();
        assertThat(jobs).extracting(j -> j.path("state").asText()).containsExactlyInAnyOrder("FAILED", "SUCCEEDED");
        assertThat(ended.err())
                .contains("notes.mp4")
                .doesNotContain("Exception")
                .doesNotContain("\tat ");
    }

    @Test
    void wrongUseIsReportedBeforeAnythingStarts() {
        // FqMainTest has the other cases.
        Fq.Ended ended = Fq.run(LIMIT, "detect", "sample:walkers", "--model", "no-such-model");

        assertThat(ended.code()).as(ended.err()).isEqualTo(2);
        assertThat(ended.err()).contains("there is no model no-such-model").hasLineCount(1);
    }

    static List<JsonNode> lines(Path file) {
        try (var in = new GZIPInputStream(Files.newInputStream(file))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(RunningSystem::parse)
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static Set<String> temporary() throws IOException {
        try (var files = Files.list(Path.of(System.getProperty("java.io.tmpdir")))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(f -> f.startsWith("fq")
                            || f.startsWith("framequota")
                            || f.startsWith("kafka")
                            || f.startsWith("embedded-pg"))
                    .filter(f -> !f.startsWith("fq-e2e"))
                    .collect(Collectors.toSet());
        }
    }
}
