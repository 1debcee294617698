package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataFolderTest {
    @TempDir
    Path folder;

    @Test
    void aSecondSystemOnTheSameFolderIsRefused() throws IOException {
        Path data = folder.resolve("data");
        try (DataFolder held = DataFolder.take(data)) {
            assertThat(DataFolder.isHeld(held.path())).isTrue();
            assertThatThrownBy(() -> DataFolder.take(data))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("already running on " + data);
        }
        assertThat(DataFolder.isHeld(data)).isFalse();
        DataFolder.take(data).delete();
        assertThat(data).doesNotExist();
    }

    @Test
    void aFileInThePlaceOfTheFolderIsNamed() throws IOException {
        Path file = Files.createFile(folder.resolve("file"));
        assertThatThrownBy(() -> DataFolder.take(file)).hasMessageContaining("is not a folder");
    }

    @Test
    void deletingDoesNotFollowLinks() throws IOException {
        Path precious = Files.createFile(
                Files.createDirectory(folder.resolve("precious")).resolve("file"));
        DataFolder data = DataFolder.take(folder.resolve("data"));
        Folders.link(data.path().resolve("link"), precious.getParent());
        data.delete();
        assertThat(precious).exists();
    }
}
