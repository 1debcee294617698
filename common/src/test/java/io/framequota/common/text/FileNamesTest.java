package io.framequota.common.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileNamesTest {
    /** The é of Latin-1. */
    private static final byte[] LATIN = {'c', 'a', 'f', (byte) 0xe9};

    @TempDir
    Path folder;

    @Test
    void everyByteOfANameIsPreserved() throws IOException {
        for (int b = 1; b < 256; b++) {
            if (b == '/') {
                continue;
            }
            String name = FileNames.text(new byte[] {'x', (byte) b, 'y'});
            Path file = Files.createFile(folder.resolve(FileNames.path(name)));
            if (b > 0x7f) {
                assertThat(file.toUri().getRawPath()).endsWith(String.format("x%%%02Xy", b));
            }
            assertThat(FileNames.text(file)).isEqualTo(folder + "/" + name);
            assertThat(FileNames.text(file.getFileName())).isEqualTo(name);
        }
    }

    @Test
    void pathsAreParsedAsByTheSystem() {
        for (String path :
                new String[] {"a", "a/b", "../a", "./a", "/", "/a/../b", "a b%20?#", "", "..", "é", "\uD83D\uDE00"}) {
            assertThat(FileNames.path(path)).as(path).isEqualTo(Path.of(path));
            assertThat(FileNames.text(FileNames.path(path)))
                    .isEqualTo(Path.of(path).toString());
        }
        assertThat(FileNames.path("//a//b/")).isEqualTo(Path.of("/a/b"));
        assertThatThrownBy(() -> FileNames.path("a\0b")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void bytesThatAreNotUtf8AreShownInHexadecimal() {
        assertThat(FileNames.shown(FileNames.text(LATIN))).isEqualTo("caf\\xE9");
        assertThat(FileNames.shown("café \uD83D\uDE00")).isEqualTo("café \uD83D\uDE00");
        assertThat(FileNames.text("café".getBytes(StandardCharsets.UTF_8))).isEqualTo("café");
        // Truncated characters, overlong ones and single surrogates are not UTF-8 either.
        assertThat(FileNames.shown(FileNames.text(new byte[] {(byte) 0xe2, (byte) 0x82})))
                .isEqualTo("\\xE2\\x82");
        assertThat(FileNames.shown(FileNames.text(new byte[] {(byte) 0xc0, (byte) 0xaf})))
                .isEqualTo("\\xC0\\xAF");
    }

    @Test
    void aNameThatIsNotUtf8IsRefusedForAnotherProgram() {
        assertThatThrownBy(() -> FileNames.requireText(FileNames.path(FileNames.text(LATIN)), "--data x"))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("--data x: this name is not UTF-8");
        FileNames.requireText(Path.of("café"), "--data");
    }
}
