package io.framequota.inferenceserver.conformance;

import org.junit.jupiter.api.condition.EnabledIf;

/** Runs the same tests against a real Triton with the test models; {@code src/test/triton/conformance} starts one. */
@EnabledIf(
        value = "addressIsGiven",
        disabledReason = "no Triton: set FRAMEQUOTA_TRITON_CONFORMANCE=host:port of one that serves the test models")
class TritonConformanceIT extends SharedMemoryConformance {
    private static final String ADDRESS = System.getenv().getOrDefault("FRAMEQUOTA_TRITON_CONFORMANCE", "");

    static boolean addressIsGiven() {
        return !ADDRESS.isEmpty();
    }

    @Override
    String address() {
        return ADDRESS;
    }
}
