package io.framequota.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.time.Instant;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class JobStateTest {
    private static final Instant NOW = Instant.EPOCH;

    @Test
    void legalTransitionsLeadToTheirStates() {
        JobState.Queued queued = new JobState.Queued();

        assertThat(queued.run().succeed(NOW)).isEqualTo(new JobState.Succeeded(NOW));
        assertThat(queued.run().fail(NOW, "why", false)).isEqualTo(new JobState.Failed(NOW, "why", false));
        assertThat(queued.cancel(NOW)).isEqualTo(new JobState.Cancelled(NOW));
        assertThat(new JobState.Failed(NOW, "why", true).redrive()).isEqualTo(queued);
        assertThat(new JobState.Cancelled(NOW).redrive()).isEqualTo(queued);
    }

    @Test
    void noOtherTransitionExists() {
        assertThat(transitions())
                .isEqualTo(Map.of(
                        "Queued", Set.of("Running", "Failed", "Cancelled"),
                        "Running", Set.of("Succeeded", "Failed", "Cancelled"),
                        "Succeeded", Set.of(),
                        "Failed", Set.of("Queued"),
                        "Cancelled", Set.of("Queued")));
    }

    /** Maps each state to the states that its methods return. */
    private static Map<String, Set<String>> transitions() {
        Map<String, Set<String>> all = new TreeMap<>();
        for (Class<?> kind : JobState.class.getPermittedSubclasses()) {
            for (Class<?> state : kind.isInterface() ? kind.getPermittedSubclasses() : new Class<?>[] {kind}) {
                all.put(
                        state.getSimpleName(),
                        Arrays.stream(state.getMethods())
                                .map(Method::getReturnType)
                                .filter(JobState.class::isAssignableFrom)
                                .map(Class::getSimpleName)
                                .collect(Collectors.toCollection(TreeSet::new)));
            }
        }
        return all;
    }
}
