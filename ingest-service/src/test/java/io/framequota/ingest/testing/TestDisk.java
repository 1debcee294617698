package io.framequota.ingest.testing;

import io.framequota.ingest.store.files.StorageSpace;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** A disk of 500 GiB whose free space the test sets; writing files does not change it. */
@Singleton
@Alternative
public class TestDisk implements StorageSpace.Disk {
    private static final long ROOMY = 500L << 30;

    private volatile long usable = ROOMY;

    /** Sets the bytes that are left. */
    public void left(long bytes) {
        usable = bytes;
    }

    /** Makes room again. */
    public void empty() {
        usable = ROOMY;
    }

    @Override
    public long usableBytes(Path folder) {
        return usable;
    }
}
