package io.framequota.ingest.store.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartialFileCleanerTest {
    private static final Instant CRASH = Instant.parse("2026-01-01T00:00:00Z");

    @TempDir
    Path storage;

    @Test
    void deletesOnlyOldPartialFilesOfThisService() throws IOException {
        Path member = file("results/j1/0-1-1.gz.part", CRASH);
        Path video = file("results/j1/annotated.mp4.part", CRASH);
        Path source = file("fetched/j2/source.part", CRASH);
        Path sample = file("samples/walkers.mp4.part", CRASH);
        Path recent = file("results/j1/1-1-1.gz.part", CRASH.plusSeconds(2));
        Path whole = file("results/j1/0-1-1.gz", CRASH);
        Path upload = file("uploads/j3/film.part", CRASH);

        Path picture = file("pictures/framequota-picture-1/picture.jpg", CRASH);
        Files.setLastModifiedTime(picture.getParent(), FileTime.from(CRASH));
        Path open = file("pictures/framequota-picture-2/picture.jpg", CRASH);

        PartialFileCleaner.clean(storage, CRASH.plusSeconds(1));

        for (Path gone : new Path[] {member, video, source, sample, picture.getParent()}) {
            assertThat(gone).doesNotExist();
        }
        for (Path kept : new Path[] {recent, whole, upload, open}) {
            assertThat(kept).exists();
        }
    }

    @Test
    void acceptsAStorageFolderThatDoesNotExist() {
        PartialFileCleaner.clean(storage.resolve("nothing"), CRASH);

        assertThat(storage).isEmptyDirectory();
    }

    private Path file(String name, Instant written) throws IOException {
        Path file = storage.resolve(name);
        Files.createDirectories(file.getParent());
        Files.createFile(file);
        return Files.setLastModifiedTime(file, FileTime.from(written));
    }
}
