package io.framequota.ingest.decode.ffmpeg;

import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.function.LongSupplier;
import org.eclipse.microprofile.health.HealthCheck;
import org.eclipse.microprofile.health.HealthCheckResponse;
import org.eclipse.microprofile.health.Readiness;

/**
 * Not ready while more native memory than all sources together may take is in use by none of those that are open, beyond what
 * the rest of the process takes of it: it was not given back, and what is submitted next would meet the process's limit.
 */
@Readiness
@ApplicationScoped
class DecodeMemoryReadiness implements HealthCheck {
    private static final long LIBRARIES = 128L << 20;

    private final FfmpegDecoder decoder;
    private final LongSupplier inUse;
    /** What others than sources take at most: the network's buffers, the virtual machine's own heap, native libraries. */
    private final long rest = NativeHeap.mostOfBuffers() + LIBRARIES;

    @Inject
    DecodeMemoryReadiness(FfmpegDecoder decoder) {
        this(decoder, NativeHeap::bytesInUse);
    }

    DecodeMemoryReadiness(FfmpegDecoder decoder, LongSupplier inUse) {
        this.decoder = decoder;
        this.inUse = inUse;
    }

    @Override
    public HealthCheckResponse call() {
        long used = decoder.memoryUsed();
        long other = Math.max(0, inUse.getAsLong() - used);
        return HealthCheckResponse.named("native memory")
                .status(other <= decoder.memoryBudget() + rest)
                .withData("sources", used)
                .withData("other", other)
                .withData("budget", decoder.memoryBudget())
                .withData("rest", rest)
                .build();
    }
}
