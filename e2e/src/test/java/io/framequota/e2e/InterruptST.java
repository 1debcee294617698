package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Everything is interrupted in the middle of a job, and a new start on the same data ends it. */
@Tag("long")
class InterruptST {
    @Test
    void anInterruptedSystemContinuesItsJobs(@TempDir Path data) {
        String job;
        JsonNode middle;
        try (RunningSystem first = RunningSystem.up(data, FaultsST.CHUNKS)) {
            job = first.submit("sample:walkers", "people", 2).path("job").asText();
            middle = first.server().awaitMiddle(job, FaultsST.LIMIT);
            first.interrupt();
        }
        try (RunningSystem second = RunningSystem.up(data, FaultsST.CHUNKS)) {
            JsonNode end = second.awaitEnd(job, FaultsST.LIMIT);
            second.server().assertEveryFrameOnce(end, 2);
            assertThat(end.path("frames").asLong()).isEqualTo(FaultsST.FRAMES);
            FaultsST.assertDecodingWentOn(middle, end);
        }
    }
}
