package io.framequota.scheduler.cgroup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The files of the running kernel. */
final class OsKernelFiles implements KernelFiles {
    @Override
    public boolean isFolder(Path path) {
        return Files.isDirectory(path);
    }

    @Override
    public List<String> folders(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(Files::isDirectory)
                    .map(p -> p.getFileName().toString())
                    .toList();
        }
    }

    @Override
    public void make(Path folder) throws IOException {
        Files.createDirectories(folder);
    }

    @Override
    public void remove(Path folder) throws IOException {
        Files.deleteIfExists(folder);
    }

    @Override
    public String read(Path file) throws IOException {
        return Files.readString(file);
    }

    @Override
    public void write(Path file, String value) throws IOException {
        // Neither creates nor truncates the file: a file that the kernel did not create is not a setting.
        Files.writeString(file, value, StandardOpenOption.WRITE);
    }
}
