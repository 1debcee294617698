package io.framequota.e2e.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.logging.Level;
import java.util.logging.Logger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * A million events of the control plane under random faults, without one broken promise. {@code -Dseed=N} runs one seed alone, {@code -Devents=N}
 * more or fewer events, {@code -Dfrom=N} other seeds.
 */
class SchedulingSimulationTest {
    private static final Logger LOG = Logger.getLogger("io.framequota");
    private static final Level BEFORE = LOG.getLevel();

    @BeforeAll
    static void quiet() {
        LOG.setLevel(Level.OFF);
    }

    @AfterAll
    static void loud() {
        LOG.setLevel(BEFORE);
    }

    @Test
    void noFaultBreaksAPromise() {
        Long one = Long.getLong("seed");
        long events = one == null ? Long.getLong("events", 1_000_000) : 1;
        long seed = one == null ? Long.getLong("from", 1) : one;
        long seen = 0;
        int runs = 0;
        while (seen < events) {
            seen += run(seed++);
            runs++;
        }
        System.out.printf("%,d events in %d simulations%n", seen, runs);
    }

    @Test
    void equalSeedsGiveEqualRuns() {
        assertThat(fingerprint(7)).isEqualTo(fingerprint(7)).isNotEqualTo(fingerprint(8));
    }

    private static long fingerprint(long seed) {
        try (SchedulingSimulation simulation = new SchedulingSimulation(seed)) {
            simulation.run();
            return simulation.fingerprint();
        }
    }

    private static long run(long seed) {
        try (SchedulingSimulation simulation = new SchedulingSimulation(seed)) {
            try {
                simulation.run();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError(
                        "seed " + seed + " after " + simulation.events() + " events: " + e.getMessage()
                                + "\nreplay: ./mvnw test -pl e2e -am -Dtest=SchedulingSimulationTest"
                                + " -Dsurefire.failIfNoSpecifiedTests=false -Dseed=" + seed + "\n" + simulation.story(),
                        e);
            }
            return simulation.events();
        }
    }
}
