package io.framequota.ingest.api;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Limits the memory of requests that are being read, all clients and both protocols together. Before a request is read it reserves
 * as much as it may need. A request that does not fit is rejected at once and may be sent again. Thread-safe.
 */
@Singleton
public final class RequestMemory {
    /** One gRPC call: its largest message, as in quarkus.grpc.server.max-inbound-message-size. */
    public static final long GRPC_MESSAGE = 4L << 20;

    /** One multipart upload: two buffers and its fields. */
    static final long UPLOAD = 512L << 10;

    private final long limit;
    private final AtomicLong reserved = new AtomicLong();

    @Inject
    RequestMemory(IngestConfig config, MeterRegistry metrics) {
        this(config.requestBytes()
                .map(MemorySize::asLongValue)
                .orElse(Runtime.getRuntime().maxMemory() / 4));
        Gauge.builder("framequota.requests.reading.bytes", reserved, AtomicLong::get)
                .description("Memory reserved by requests that are being read; at most FRAMEQUOTA_REQUEST_BYTES")
                .register(metrics);
    }

    /** @param limit in bytes */
    public RequestMemory(long limit) {
        this.limit = limit;
    }

    /** Bytes that are not reserved. */
    public long free() {
        return limit - reserved.get();
    }

    /** The memory of one request. Closing it twice is not an error. */
    public interface Reservation extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Reserves memory until the reservation is closed.
     *
     * @throws RejectedRequestException when not enough is left
     */
    public Reservation reserve(long bytes) {
        if (reserved.addAndGet(bytes) > limit) {
            reserved.addAndGet(-bytes);
            throw RejectedRequestException.overloaded(
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
