package io.framequota.ingest.store.files;

import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The disk as the operating system sees it. */
@Singleton
final class FileSystemDisk implements StorageSpace.Disk {
    @Override
    public long usableBytes(Path folder) throws IOException {
        return Files.getFileStore(folder).getUsableSpace();
    }
}
