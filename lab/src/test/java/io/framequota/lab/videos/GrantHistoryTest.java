package io.framequota.lab.videos;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.lab.experiment.Run;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class GrantHistoryTest {
    private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
    private static final Map<String, Integer> REQUESTS = Map.of("a", 1, "b", 2);

    @Test
    void aJobHasACoreForEachOfItsChunksThatRuns() throws JsonProcessingException {
        GrantHistory grants = GrantHistory.of(json("""
                {"decisions": [
                  {"job":"before","worker":"w0","prefetched":false,"started_at":"2026-01-01T00:00:00Z","finished_at":"2026-01-01T00:00:09Z"},
                  {"job":"a","worker":"w0","prefetched":false,"started_at":"2026-01-01T00:00:01Z","finished_at":"2026-01-01T00:00:03Z"},
                  {"job":"a","worker":"w1","prefetched":false,"started_at":"2026-01-01T00:00:02Z","finished_at":"2026-01-01T00:00:04Z"},
                  {"job":"b","worker":"w0","prefetched":true,"started_at":"2026-01-01T00:00:03.010Z","finished_at":"2026-01-01T00:00:05Z"},
                  {"job":"b","worker":"w1","prefetched":true,"started_at":null,"finished_at":null}
                ]}"""), REQUESTS, START);

        assertThat(grants.changes())
                .containsExactly(
                        new Run.Change(1, 1, 1000),
                        new Run.Change(2, 1, 2000),
                        new Run.Change(3, 1, 1000),
                        new Run.Change(3.01, 2, 1000),
                        new Run.Change(4, 1, 0),
                        new Run.Change(5, 2, 0));
        assertThat(grants.handoverMs()).isCloseTo(10, within(1e-6));
    }

    @Test
    void aJobHasTheQuotasOfTheWorkersThatRunIt() throws JsonProcessingException {
        JsonNode allocation = json("""
                {"workers": [
                  {"running":{"job":"a"},"millicores":{"quota":700,"throttled_seconds":1.5}},
                  {"running":{"job":"a"},"millicores":{"quota":300,"throttled_seconds":null}},
                  {"running":{"job":"b"},"millicores":null},
                  {"running":null,"millicores":{"quota":10,"throttled_seconds":0.25}}
                ]}""");

        assertThat(AllocationSampler.inForce(allocation)).containsExactly(Map.entry("a", 1000.0));
        assertThat(AllocationSampler.throttledS(allocation)).isEqualTo(1.75);
    }

    private static JsonNode json(String text) throws JsonProcessingException {
        return new ObjectMapper().readTree(text);
    }
}
