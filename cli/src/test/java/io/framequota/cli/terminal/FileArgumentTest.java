package io.framequota.cli.terminal;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.common.failure.Failure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An output is told from a source by which file it is, not by its name. */
class FileArgumentTest {
    @TempDir
    Path folder;

    private Path source = Path.of("");

    @BeforeEach
    void makeSource() throws IOException {
        source = Files.writeString(folder.resolve("a.mp4"), "video");
        Files.createDirectory(folder.resolve("sub"));
    }

    @Test
    void theSourceIsRecognisedByEachOfItsNames() throws IOException {
        refused(source);
        refused(folder.resolve("sub/../a.mp4"));
        refused(Files.createSymbolicLink(folder.resolve("link"), Path.of("a.mp4")));
        refused(Files.createLink(folder.resolve("hard"), source));
        Files.createSymbolicLink(folder.resolve("other"), folder);
        refused(folder.resolve("other/a.mp4"));
        accepted(folder.resolve("b.mp4"));
        accepted(folder.resolve("sub/a.mp4"));
        accepted(folder.resolve("none/a.mp4"));
    }

    private void refused(Path output) {
        assertThatThrownBy(() ->
                        FileArgument.refuseOverwriting(List.of(use("a.mp4", source)), List.of(use("-o x", output))))
                .isInstanceOf(Failure.class)
                .hasMessageStartingWith("-o x would overwrite the source a.mp4")
                .extracting(e -> ((Failure) e).exitCode())
                .isEqualTo(Failure.WRONG_USE);
    }

    private void accepted(Path output) {
        assertThatCode(() ->
                        FileArgument.refuseOverwriting(List.of(use("a.mp4", source)), List.of(use("-o x", output))))
                .doesNotThrowAnyException();
    }

    @Test
    void twoOutputsToTheSameFileAreRefused() throws IOException {
        Files.createSymbolicLink(folder.resolve("link"), Path.of("sub/new"));
        Files.createSymbolicLink(folder.resolve("other"), Path.of("sub"));
        for (String second : List.of("sub/new", "sub/../sub/new", "link", "other/new")) {
            assertThatThrownBy(() -> FileArgument.refuseOverwriting(
                            List.of(),
                            List.of(use("-o a", folder.resolve("sub/new")), use("-o b", folder.resolve(second)))))
                    .isInstanceOf(Failure.class)
                    .hasMessage("-o b and -o a are the same file; give another");
        }
    }

    @Test
    void devicesAndStandardOutputMayBeNamedTwice() {
        Path device = Path.of("/dev/null");
        Path out = Terminal.STANDARD_OUTPUT;
        assertThatCode(() -> FileArgument.refuseOverwriting(
                        List.of(use("n", device)),
                        List.of(use("-o", device), use("--annotate", device), use("-", out), use("-", out))))
                .doesNotThrowAnyException();
    }

    private static FileArgument use(String text, Path path) {
        return new FileArgument(text, path);
    }
}
