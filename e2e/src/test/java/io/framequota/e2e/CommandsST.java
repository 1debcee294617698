package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A day with the command line: a system in the background, jobs, their results, the logs, and the end of it. */
@Tag("long")
class CommandsST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path data;

    private String url = "";

    @Test
    void aDetachedSystemIsUsedFromTheCommandLineAndStopped() {
        int port = Server.freePort();
        url = "http://127.0.0.1:" + port;
        assertThat(fq("up", "--detach", "--data", data.toString(), "--port", "" + port, "--workers", "1"))
                .contains(url);
        List<Long> pids = new ArrayList<>();
        try {
            JsonNode status = Server.parse(fq("status", "--json", "--data", data.toString()));
            StreamSupport.stream(status.path("processes").spliterator(), false)
                    .mapToLong(p -> p.path("pid").asLong())
                    .forEach(pids::add);
            assertThat(pids).as(status.toString()).hasSize(6);

            String job = fq("submit", "sample:walkers", "--every", "8", "--label", "camera=north", "--server", url)
                    .strip();
            assertThat(fq("watch", job, "--server", url)).contains("SUCCEEDED");
            assertThat(fq("jobs", "--state", "SUCCEEDED", "--server", url)).contains(job);
            assertThat(Server.parse(fq("job", job, "--json", "--server", url))
                            .path("state")
                            .asText())
                    .isEqualTo("SUCCEEDED");

            Path file = data.resolve("result.jsonl.gz");
            fq("results", job, "-o", file.toString(), "--server", url);
            assertThat(DetectST.lines(file).stream().map(l -> l.path("frame").asInt()))
                    .isEqualTo(IntStream.iterate(0, i -> i < 120, i -> i + 8)
                            .boxed()
                            .toList());
            assertThat(fq("results", job, "--format", "csv", "--server", url)).contains("person");

            assertThat(fq("policies", "--server", url)).contains("one-request-at-a-time", "divide-and-conquer");
            fq("policy", "divide-and-conquer", "--server", url);
            assertThat(fq("policy", "--server", url)).contains("divide-and-conquer");
            assertThat(fq("models", "--server", url)).contains("people", "faces");

            String cancelled = fq("submit", "sample:walkers", "--server", url).strip();
            fq("cancel", cancelled, "--server", url);
            assertThat(fq("job", cancelled, "--server", url)).contains("CANCELLED");

            assertThat(fq("logs", "--data", data.toString(), "--lines", "1000"))
                    .contains("ingest-service | ", "scheduler | ", "inference-server | ");
            assertThat(fq("logs", "ingest-service", "--data", data.toString()))
                    .isNotBlank()
                    .doesNotContain("scheduler | ");
            Fq.Ended unknown = Fq.run(LIMIT, "logs", "nobody", "--data", data.toString());
            assertThat(unknown.code()).isEqualTo(2);
            assertThat(unknown.err()).contains("nobody", "ingest-service");
        } finally {
            fq("down", "--data", data.toString());
        }
        assertThat(pids)
                .noneMatch(
                        pid -> ProcessHandle.of(pid).map(ProcessHandle::isAlive).orElse(false));
        assertThat(Fq.run(LIMIT, "status", "--data", data.toString()).code()).isEqualTo(1);
    }

    private static String fq(String... arguments) {
        Fq.Ended ended = Fq.run(LIMIT, arguments);
        assertThat(ended.code())
                .as(String.join(" ", arguments) + "\n" + ended.err())
                .isZero();
        return ended.out();
    }
}
