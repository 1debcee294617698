package io.framequota.ingest.store.files;

import io.framequota.ingest.config.IngestConfig;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Says whether more may be written to the storage folder's disk. A reserve always stays free, because the broker and the database
 * often write to the same disk and stop for good when it is full. Uploads, fetched sources and annotated videos ask before each
 * piece that they write. Thread-safe.
 */
@Singleton
public final class StorageSpace {
    private static final long GIB = 1L << 30;

    /** The disk of a folder. */
    public interface Disk {
        /** Bytes that this process may still write. */
        long usableBytes(Path folder) throws IOException;
    }

    @Singleton
    static final class FileSystemDisk implements Disk {
        @Override
        public long usableBytes(Path folder) throws IOException {
            return Files.getFileStore(folder).getUsableSpace();
        }
    }

    private final Path storage;
    private final Disk disk;
    private final long reserve;

    @Inject
    StorageSpace(IngestConfig config, Disk disk, MeterRegistry metrics) {
        this(
                config.storage().toAbsolutePath(),
                disk,
                config.storageReserve().map(MemorySize::asLongValue).orElse(-1L));
        Gauge.builder("framequota.storage.reserve.bytes", this, StorageSpace::reserve)
                .description("Bytes kept free on the storage disk")
                .register(metrics);
    }

    /**
     * @param reserve bytes that stay free; negative for a tenth of what is free now, between 1 and 4 GiB, and never more than half
     *     of it
     */
    public StorageSpace(Path storage, Disk disk, long reserve) {
        this.storage = storage;
        this.disk = disk;
        this.reserve = reserve >= 0 ? reserve : defaultReserve(free());
    }

    private static long defaultReserve(long free) {
        return Math.min(free / 2, Math.clamp(free / 10, GIB, 4 * GIB));
    }

    /** Whether this many bytes fit beside the reserve. False when the free space is unknown. */
    public boolean fits(long bytes) {
        return free() - reserve >= bytes;
    }

    /** Bytes that stay free. */
    public long reserve() {
        return reserve;
    }

    private long free() {
        try {
            Files.createDirectories(storage);
            return disk.usableBytes(storage);
        } catch (IOException e) {
            return 0;
        }
    }
}
