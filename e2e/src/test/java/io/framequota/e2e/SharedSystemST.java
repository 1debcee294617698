package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code fq detect} on the system that {@code fq up} runs on the default data folder. */
@Tag("long")
class SharedSystemST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    private Path data = Path.of("");
    private Map<String, String> environment = Map.of();

    @BeforeEach
    void isolate() {
        data = folder.resolve("state/framequota/up");
        environment = Map.of("XDG_STATE_HOME", folder.resolve("state").toString());
    }

    @Test
    void theRunningSystemDoesTheWorkAndAnInterruptedRunContinues() throws Exception {
        try (RunningSystem system = RunningSystem.up(data, FaultsST.CHUNKS)) {
            Fq.Ended ended = detect("--every", "8", "--annotate", file("out.mp4"), "--json");

            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.err()).contains("using the system that fq up runs at " + system.url());
            JsonNode job = RunningSystem.parse(ended.out());
            assertThat(job.path("output").asText()).isEqualTo(file("out.jsonl.gz"));
            assertThat(system.job(job.path("job").asText()).path("state").asText())
                    .isEqualTo("SUCCEEDED");
            assertThat(DetectST.lines(folder.resolve("out.jsonl.gz"))).hasSize(15);
            assertThat(Files.size(folder.resolve("out.mp4"))).isGreaterThan(10_000);
            assertThat(folder.resolve("state/framequota/runs")).doesNotExist();

            interruptedInTheMiddle(system);
            resumed(system);
            stoppedInTheMiddle(system);
        }
        try (RunningSystem system = RunningSystem.up(data, FaultsST.CHUNKS)) {
            resumed(system);
        }
    }

    private void interruptedInTheMiddle(RunningSystem system) throws Exception {
        Process detect = start();
        String job = awaitMiddle(system, 2);

        Fq.signal(detect.pid(), "INT");

        assertThat(detect.waitFor(20, TimeUnit.SECONDS)).isTrue();
        assertThat(detect.exitValue()).isEqualTo(130);
        assertThat(folder.resolve("stderr"))
                .content()
                .contains("interrupted; results so far are saved and the jobs are cancelled; rerun this command with");
        assertThat(system.job(job).path("state").asText()).isEqualTo("CANCELLED");
        assertLeadingChunks();
    }

    /** Nobody waits for a system that was stopped on purpose. */
    private void stoppedInTheMiddle(RunningSystem system) throws Exception {
        Process detect = start();
        awaitMiddle(system, 3);

        assertThat(Fq.run(LIMIT, environment, "down").code()).isZero();

        assertThat(detect.waitFor(10, TimeUnit.SECONDS)).isTrue();
        assertThat(detect.exitValue()).isEqualTo(1);
        assertThat(folder.resolve("stderr"))
                .content()
                .contains(
                        "the system of fq up was stopped; results so far are saved; rerun fq up and this command with");
        assertLeadingChunks();
    }

    /** The last job goes on, and no other is submitted. */
    private void resumed(RunningSystem system) throws Exception {
        JsonNode jobs = system.get("/api/v1/jobs");

        Fq.Ended ended = detect("--resume");

        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(system.get("/api/v1/jobs")).hasSameSizeAs(jobs);
        assertThat(system.get("/api/v1/jobs").get(0).path("state").asText()).isEqualTo("SUCCEEDED");
        assertThat(DetectST.lines(folder.resolve("out.jsonl.gz")).stream()
                        .map(l -> l.path("frame").asInt()))
                .isEqualTo(IntStream.range(0, 120).boxed().toList());
        assertThat(folder.resolve("out.jsonl.gz.resume")).doesNotExist();
    }

    private Process start() throws IOException {
        Files.deleteIfExists(folder.resolve("out.jsonl.gz"));
        return Fq.start(
                folder.resolve("stdout"),
                folder.resolve("stderr"),
                environment,
                arguments().toArray(String[]::new));
    }

    private static String awaitMiddle(RunningSystem system, int jobs) {
        system.await("another job", LIMIT, () -> system.get("/api/v1/jobs").size() == jobs);
        String job = system.get("/api/v1/jobs").get(0).path("job").asText();
        // The first chunk may not be the first that is committed.
        JsonNode middle = system.awaitJob(
                job,
                "has committed chunks",
                LIMIT,
                j -> j.path("chunks_committed").asInt() > 3);
        assertThat(middle.path("state").asText()).isEqualTo("RUNNING");
        return job;
    }

    private void assertLeadingChunks() throws IOException {
        List<JsonNode> lines = DetectST.lines(folder.resolve("out.jsonl.gz"));
        assertThat(lines).hasSizeBetween(1, 119);
        assertThat(lines.getLast().path("frame").asInt()).isEqualTo(lines.size() - 1);
    }

    @Test
    void aSystemThatWasKilledOrHasAnotherPolicyIsReplacedByAPrivateOne() throws Exception {
        try (RunningSystem system = RunningSystem.up(data, "--policy", "gang")) {
            Fq.Ended ended = detect("--every", "30", "--policy", "edf");
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.err()).contains("starting a private system", "its policy is gang");
            assertThat(system.get("/api/v1/jobs")).isEmpty();

            List<ProcessHandle> children = system.handle().descendants().toList();
            Fq.signal(system.handle().pid(), "KILL");
            system.await(
                    "all processes are gone", LIMIT, () -> children.stream().noneMatch(ProcessHandle::isAlive));
        }
        assertThat(data.resolve("system.json")).exists();
        Fq.Ended ended = detect("--every", "30");
        assertThat(ended.code()).as(ended.err()).isZero();
        assertThat(ended.err()).doesNotContain("fq up");
        assertThat(DetectST.lines(folder.resolve("out.jsonl.gz"))).hasSize(4);
    }

    private Fq.Ended detect(String... options) {
        return Fq.run(LIMIT, environment, arguments(options).toArray(String[]::new));
    }

    private List<String> arguments(String... options) {
        List<String> arguments = new ArrayList<>(List.of("detect", "sample:walkers", "-o", file("out.jsonl.gz")));
        arguments.addAll(List.of(options));
        return arguments;
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }
}
