package io.framequota.scheduler.simulator;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.Speedup;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The policy in the guide "Adding a policy", compiled as a plug-in. */
class AddingAPolicyTest {
    private static final Path GUIDE = Path.of("../../docs/guides/adding-a-policy.md");

    @TempDir
    Path plugins;

    @Test
    void guidesPolicyServesTheLastRequestFirst() throws IOException {
        PluginJar.compile(plugins, "example.YoungestFirst", codeOfGuide());
        Policies policies = Policies.withPlugins(plugins);
        assertThat(policies.problems()).isEmpty();

        SimulationResult result =
                Runs.fluid(2, Speedup.LINEAR, policies.choose("youngest-first", Map.of()), Runs.batch(2, 4, 6));

        // Two cores, last request first: 3 s, then 2 s, then 1 s.
        assertThat(Runs.completions(result)).containsExactly(6, 5, 3);
    }

    private static String codeOfGuide() throws IOException {
        String guide = Files.readString(GUIDE);
        int from = guide.indexOf("```java\n") + "```java\n".length();
        return guide.substring(from, guide.indexOf("```", from));
    }
}
