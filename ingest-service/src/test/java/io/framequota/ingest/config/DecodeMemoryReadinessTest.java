package io.framequota.ingest.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.ffmpeg.NativeHeap;
import org.eclipse.microprofile.health.HealthCheckResponse.Status;
import org.junit.jupiter.api.Test;

class DecodeMemoryReadinessTest {
    private static final long MIB = 1 << 20;

    @Test
    void leakedMemoryMakesTheServiceNotReady() throws Exception {
        DecodeMemoryBudget memory = new DecodeMemoryBudget(20 * MIB);

        try (DecodeMemoryBudget.Share share = memory.take(5 * MIB, "video")) {
            // The rest of the process has its own buffers and libraries; even so a small budget is monitored exactly.
            long rest = NativeHeap.maxDirectBuffers() + 128 * MIB;
            assertThat(status(memory, memory.used() + rest + 19 * MIB)).isEqualTo(Status.UP);
            assertThat(status(memory, memory.used() + rest + 21 * MIB)).isEqualTo(Status.DOWN);
        }
    }

    @Test
    void theMemoryInUseOfThisProcessIsKnown() {
        assertThat(NativeHeap.bytesInUse()).isGreaterThan(MIB);
    }

    private static Status status(DecodeMemoryBudget memory, long inUse) {
        return new DecodeMemoryReadiness(memory, () -> inUse).call().getStatus();
    }
}
