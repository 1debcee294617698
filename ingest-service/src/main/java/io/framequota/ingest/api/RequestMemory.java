package io.framequota.ingest.api;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The memory that requests may take while they are read, all clients and both protocols together. A request reserves the most
 * that it may hold at a time before it is read; one that does not fit is refused at once and may be sent again. Safe for use by
 * several threads.
 */
@Singleton
public final class RequestMemory {
    /** The largest message of gRPC that is read, and what one call reserves: quarkus.grpc.server.max-inbound-message-size. */
    public static final long GRPC_MESSAGE = 4L << 20;

    /** Two buffers of a multipart upload, and its fields. */
    static final long UPLOAD = 512L << 10;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    RequestMemory(IngestConfig config, MeterRegistry metrics) {
        limit = config.requestBytes()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / 4);
        Gauge.builder("framequota.requests.reading.bytes", reserved, AtomicLong::get)
                .description("Memory reserved by requests that are being read; at most FRAMEQUOTA_REQUEST_BYTES")
                .register(metrics);
    }

    /** Bytes that are not reserved. */
    long free() {
        return limit - reserved.get();
    }

    /** Memory of one request; closing it twice is no error. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves memory until the reservation is closed.
     *
     * @throws RejectedRequestException when there is not that much left
     */
    public Reservation reserve(long bytes) {
        if (reserved.addAndGet(bytes) > limit) {
            reserved.addAndGet(-bytes);
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.BUSY,
                    "the server is reading as many requests as it has memory for; send this one again");
        }
        AtomicBoolean open = new AtomicBoolean(true);
        return () -> {
            if (open.compareAndSet(true, false)) {
                reserved.addAndGet(-bytes);
            }
        };
    }
}
