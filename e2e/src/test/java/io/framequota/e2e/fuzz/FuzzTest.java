package io.framequota.e2e.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * No bytes from outside bring a parser to anything but a clear error: {@code -Dinputs=N} gives more damaged inputs to each
 * parser, {@code -Dseed=N} others.
 */
class FuzzTest {
    static List<FuzzTarget> targets() {
        return FuzzTargets.ALL;
    }

    @BeforeAll
    static void quiet() {
        Logger.getLogger("io.framequota").setLevel(Level.OFF);
        Logger.getLogger("com.google.protobuf").setLevel(Level.OFF);
    }

    @ParameterizedTest
    @MethodSource("targets")
    void anyInputIsReadOrRefused(FuzzTarget target) throws Exception {
        int inputs = Integer.getInteger("inputs", 1_000);
        long seed = Long.getLong("seed", 1);
        FuzzRun run = new FuzzRun(target, seed);

        run.run(inputs);

        System.out.printf(
                "%-26s %,7d inputs, %,7d read, %,7d refused, seed %d%n",
                target.name(), inputs, run.accepted(), run.refused(), seed);
        assertThat(run.accepted() + run.refused()).isEqualTo(inputs);
    }
}
