package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the shadow says of the policy that ran is what happened: a real system's own jobs, replayed. */
@Tag("long")
class ShadowST {
    private static final Duration LIMIT = Duration.ofMinutes(4);
    private static final int JOBS = 12;
    /** The most by which the replayed mean may differ from the measured one on a machine that is busy with other things. */
    private static final double TOLERANCE = 0.10;
    /** The most by which it may differ where there is advice. */
    private static final double ADVISED = 0.05;

    @TempDir
    Path data;

    @ParameterizedTest
    @ValueSource(strings = {"one-request-at-a-time", "divide-and-conquer"})
    void theReplayOfTheLivePolicyMatchesTheMeasurement(String policy) throws Exception {
        replayIsWhatHappened(policy, "dispatch");
    }

    @Test
    void theReplayMatchesUnderQuotasToo() throws Exception {
        ControlGroups.needed();
        replayIsWhatHappened("divide-and-conquer", "quota");
    }

    private void replayIsWhatHappened(String policy, String actuator) throws Exception {
        try (RunningSystem system = RunningSystem.up(data, "--policy", policy, "--actuator", actuator)) {
            List<String> jobs = new ArrayList<>();
            for (int i = 0; i < JOBS; i++) {
                jobs.add(
                        system.submit("sample:walkers", "people", 2).path("job").asText());
                // They come while others run, and faster than they can be served.
                TimeUnit.MILLISECONDS.sleep(1_000);
            }
            for (String job : jobs) {
                assertThat(system.awaitEnd(job, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
            }

            JsonNode shadow = system.get("/api/v1/policies/shadow?hours=1");

            assertThat(system.get("/api/v1/allocation").path("actuator").asText())
                    .isEqualTo(actuator);
            assertThat(shadow.path("replayed_jobs").asInt()).isEqualTo(JOBS);
            JsonNode live = shadow.path("live");
            assertThat(live.path("policy").asText()).isEqualTo(policy);
            assertThat(live.path("decided").size()).isEqualTo(1);
            double measured = live.path("measured_mean_s").asDouble();
            double replayed = live.path("replayed_mean_s").asDouble();
            System.out.printf("%s by %s: measured %.3f s, replayed %.3f s%n", policy, actuator, measured, replayed);
            assertThat(Math.abs(replayed / measured - 1))
                    .as("%s: measured %.3f s, replayed %.3f s", policy, measured, replayed)
                    .isLessThanOrEqualTo(TOLERANCE);
            assertThat(shadow.path("advice").asBoolean())
                    .as(shadow.path("sentence").asText())
                    .isEqualTo(Math.abs(replayed / measured - 1) <= ADVISED);
            assertThat(shadow.path("knowledge").asText()).contains("only from the time at which it was known");
        }
    }
}
