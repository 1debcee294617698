package io.framequota.ingest.config;

import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.ffmpeg.NativeHeap;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while native memory leaks: while more than the decoder's whole budget is in use that neither open sources nor the rest of
 * the process account for. The next source would meet the memory limit of the process.
 */
@Readiness
@ApplicationScoped
class DecodeMemoryReadiness implements HealthCheck {
    private static final long LIBRARIES = 128L << 20;

    private final DecodeMemoryBudget memory;
    private final LongSupplier inUse;
    /** Most bytes that are used outside of decoding: network buffers, the virtual machine's own memory, native libraries. */
    private final long rest = NativeHeap.maxDirectBuffers() + LIBRARIES;

    @Inject
    DecodeMemoryReadiness(DecodeMemoryBudget memory) {
        this(memory, NativeHeap::bytesInUse);
    }

    DecodeMemoryReadiness(DecodeMemoryBudget memory, LongSupplier inUse) {
        this.memory = memory;
        this.inUse = inUse;
    }

    @Override
    public HealthCheckResponse call() {
        long used = memory.used();
        long other = Math.max(0, inUse.getAsLong() - used);
        return HealthCheckResponse.named("native memory")
                .status(other <= memory.total() + rest)
                .withData("sources", used)
                .withData("other", other)
                .withData("budget", memory.total())
                .withData("rest", rest)
                .build();
    }
}
