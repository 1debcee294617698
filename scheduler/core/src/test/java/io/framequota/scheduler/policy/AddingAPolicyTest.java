package io.framequota.scheduler.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The policy that the guide writes is one that compiles, and does what the guide says. */
class AddingAPolicyTest {
    private static final Path GUIDE = Path.of("../../docs/guides/adding-a-policy.md");
    private static final Path SOURCE = Path.of("src/test/java/io/framequota/scheduler/policy/YoungestFirst.java");

    @Test
    void theGuidesFileIsThisOne() throws IOException {
        String guide = Files.readString(GUIDE);
        int from = guide.indexOf("```java\n") + "```java\n".length();
        String code = guide.substring(from, guide.indexOf("```", from));

        String source = Files.readString(SOURCE);
        assertThat(code).isEqualTo(source.substring(source.indexOf("/** Last come")));
    }

    @Test
    void whoCameLastHasEveryCoreAlsoAfterAMillionJobs() {
        Policy policy = YoungestFirst.KIND.with(Map.of()).policy();
        List<SnapshotJob> jobs = List.of(
                SnapshotJob.queued("a", 1_000_000, 5),
                SnapshotJob.queued("b", 1_000_001, 5),
                SnapshotJob.queued("c", 1_000_002, 5));

        Allocation allocation = policy.allocate(new Snapshot(2000, 2, 3, jobs));

        assertThat(allocation.at(0)).isEqualTo(2);
        assertThat(allocation.at(2)).isZero();
        assertThat(allocation.millicores(2)).isEqualTo(2000);
    }
}
