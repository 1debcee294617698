package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A hundred jobs at once: each is answered at once, and all of them end. */
@Tag("long")
class ManyJobsST {
    @Test
    void aHundredJobsAreAcceptedBeforeTheFirstOnesEndAndAllEnd(@TempDir Path data) throws Exception {
        try (RunningSystem system = RunningSystem.up(data);
                var threads = Executors.newFixedThreadPool(100)) {
            List<Callable<JsonNode>> submissions = new ArrayList<>();
            for (int i = 0; i < 100; i++) {
                // Every eighth frame is inferred: a short job with real decoding.
                submissions.add(() -> system.submit("sample:walkers", "people", 8));
            }
            List<String> jobs = new ArrayList<>();
            for (Future<JsonNode> answer : threads.invokeAll(submissions)) {
                jobs.add(answer.get().path("job").asText());
            }
            long unfinished = jobs.stream()
                    .filter(j -> !system.job(j).path("state").asText().equals("SUCCEEDED"))
                    .count();
            assertThat(unfinished).as("answers do not wait for the work").isGreaterThan(50);
            assertThat(jobs).doesNotHaveDuplicates();

            for (String job : jobs) {
                JsonNode end = system.awaitEnd(job, Duration.ofMinutes(6));
                assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
            }
            List<Long> frames = system.lines(jobs.getLast()).stream()
                    .map(l -> l.path("frame").asLong())
                    .toList();
            assertThat(frames).hasSizeGreaterThan(10);
            assertThat(frames)
                    .isEqualTo(LongStream.range(0, frames.size())
                            .map(i -> 8 * i)
                            .boxed()
                            .toList());
        }
    }
}
