package io.framequota.ingest.testing;

import io.framequota.ingest.store.files.StorageSpace;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** A disk of 500 GiB whose free space the test sets. Writing does not change it. */
@Singleton
@Alternative
public class TestDisk implements StorageSpace.Disk {
    private static final long CAPACITY = 500L << 30;

    private volatile long usable = CAPACITY;

    /** Sets the free space. */
    public void setUsable(long bytes) {
        usable = bytes;
    }

    /** Sets the free space to 500 GiB. */
    public void clear() {
        usable = CAPACITY;
    }

    @Override
    public long usableBytes(Path folder) {
        return usable;
    }
}
