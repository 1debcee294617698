package io.framequota.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SourceTest {
    @TempDir
    Path folder;

    @Test
    void aFileIsUploadedUnderItsName() throws Exception {
        Files.writeString(folder.resolve("street view.north.mp4"), "x");
        Source source = Source.parse("street view.north.mp4", folder::resolve);
        assertThat(source)
                .isEqualTo(new Source.LocalFile("street view.north.mp4", folder.resolve("street view.north.mp4")));
        assertThat(source.name()).isEqualTo("street view.north");
    }

    @Test
    void aUrlIsNamedAfterTheLastPartOfItsPath() {
        assertThat(Source.parse("sample:walkers", folder::resolve).name()).isEqualTo("walkers");
        assertThat(Source.parse("https://a.example/b/c%20d.mp4?x=/y", folder::resolve)
                        .name())
                .isEqualTo("c_20d");
        assertThat(Source.parse("http://a.example/", folder::resolve).name()).isEqualTo("a");
    }
}
