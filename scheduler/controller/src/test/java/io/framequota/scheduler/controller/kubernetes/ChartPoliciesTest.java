package io.framequota.scheduler.controller.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.scheduler.policy.Policies;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The chart takes the names and aliases of the built-in policies that may serve jobs, and no others. */
class ChartPoliciesTest {
    private static final Path SCHEMA = Path.of("..", "..", "helm", "framequota", "values.schema.json");

    @Test
    void chartTakesTheNamesThatTheSchedulerTakes() throws IOException {
        JsonNode names =
                new ObjectMapper().readTree(SCHEMA.toFile()).at("/then/properties/policy/properties/name/enum");
        List<String> taken = new ArrayList<>();
        names.forEach(n -> taken.add(n.asText()));

        assertThat(taken)
                .containsExactlyInAnyOrderElementsOf(Policies.installed().serving().stream()
                        .flatMap(p -> Stream.concat(Stream.of(p.name()), p.aliases().stream()))
                        .toList());
    }
}
