package io.framequota.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PictureFolderTest {
    @TempDir
    private Path folder;

    @Test
    void aFolderBecomesAnArchiveOfItsPicturesInNaturalOrder() throws Exception {
        byte[] noise = new byte[200_000];
        new Random(1).nextBytes(noise);
        for (String name : List.of("in/10.jpg", "in/9.jpg", "in/deep/1.png", "a.JPG", "empty.png")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.write(folder.resolve(name), name.equals("empty.png") ? new byte[0] : noise);
        }
        Files.writeString(folder.resolve("notes.txt"), "x");
        Files.writeString(folder.resolve(".hidden.png"), "x");
        Files.createSymbolicLink(folder.resolve("z.png"), folder.resolve("a.JPG"));

        Path archive = Files.createTempFile("folder", ".zip");
        try (StoredZipStream zip =
                new StoredZipStream(PictureFolder.files("f", folder).iterator())) {
            Files.write(archive, zip.readAllBytes());
        }

        try (ZipFile zip = new ZipFile(archive.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly("a.JPG", "empty.png", "in/9.jpg", "in/10.jpg", "in/deep/1.png", "z.png");
            assertThat(zip.getInputStream(zip.getEntry("z.png")).readAllBytes()).isEqualTo(noise);
            assertThat(zip.getEntry("empty.png").getSize()).isZero();
        } finally {
            Files.delete(archive);
        }
    }

    @Test
    void aFolderWithoutPicturesIsNoSource() throws IOException {
        assertThatThrownBy(() -> Source.parse(folder.toString(), Path::of))
                .isInstanceOf(Failure.class)
                .hasMessage(folder + " is a folder without pictures (such as .jpg or .png)");
        Files.writeString(folder.resolve("a.mp4"), "x");
        assertThatThrownBy(() -> Source.parse(folder.toString(), Path::of))
                .hasMessageContaining("to use videos, give the video files in it");
    }

    @Test
    void patternsNameFilesInNaturalOrder() throws Exception {
        for (String name : List.of("10.mp4", "9.mp4", "a/1.mp4", "b/1.mp4", "[1].mp4", ".hidden.mp4")) {
            Files.createDirectories(folder.resolve(name).getParent());
            Files.writeString(folder.resolve(name), "x");
        }

        assertThat(Source.parse(List.of("*.mp4"), folder::resolve))
                .extracting(Source::text)
                .containsExactly("9.mp4", "10.mp4", "[1].mp4");
        assertThat(Source.parse(List.of(folder + "/{a,b}/?.mp4", "[1].mp4", "sample:walkers"), folder::resolve))
                .extracting(Source::text)
                .containsExactly(folder + "/a/1.mp4", folder + "/b/1.mp4", "[1].mp4", "sample:walkers");
        assertThatThrownBy(() -> Source.parse(List.of("*.mkv"), folder::resolve))
                .isInstanceOf(Failure.class)
                .hasMessage("no file matches *.mkv");
    }
}
