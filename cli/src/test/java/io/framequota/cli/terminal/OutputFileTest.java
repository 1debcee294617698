package io.framequota.cli.terminal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.common.failure.Failure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whatever lies under an output's name: the file is complete or as before, and what kind of file it is stays. */
class OutputFileTest {
    @TempDir
    Path folder;

    @Test
    void aNewFileAppearsCompleteWithTheModeOfTheUmask() throws IOException {
        Path target = folder.resolve("new/deep/out");
        Path usual = Files.createFile(folder.resolve("usual"));
        try (OutputFile output = OutputFile.open(target)) {
            output.stream().write("abc".getBytes(StandardCharsets.UTF_8));
            assertThat(target).doesNotExist();
            output.keep();
        }
        assertThat(target).hasContent("abc");
        assertThat(mode(target)).isEqualTo(mode(usual));
        assertThat(folder.resolve("new/deep")).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void withoutKeepTheOldFileIsUnchanged() throws IOException {
        Path target = Files.writeString(folder.resolve("out"), "old");
        try (OutputFile output = OutputFile.open(target)) {
            output.stream().write(1);
        }
        assertThat(target).hasContent("old");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    void theModeOfTheOldFileIsKept() throws IOException {
        for (String mode : new String[] {"rw-------", "rw-r-----", "rwxrwxrwx"}) {
            Path target = Files.writeString(folder.resolve("out"), "old");
            Files.setPosixFilePermissions(target, PosixFilePermissions.fromString(mode));
            write(target);
            assertThat(mode(target)).isEqualTo(mode);
        }
    }

    @Test
    void theOwnerOfTheOldFileIsKept() throws IOException {
        Path target = Files.writeString(folder.resolve("out"), "old");
        assumeTrue(give(target, 65534), "only root gives files away");
        write(target);
        assertThat(Files.getAttribute(target, "unix:uid")).isEqualTo(65534);
    }

    private static boolean give(Path file, int user) {
        try {
            Files.setAttribute(file, "unix:uid", user);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aLinkIsKeptAndItsTargetIsWritten() throws IOException {
        Path real =
                Files.writeString(Files.createDirectory(folder.resolve("there")).resolve("real"), "old");
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("there/real"));
        Path second = Files.createSymbolicLink(folder.resolve("second"), Path.of("link"));
        write(second);
        assertThat(link).isSymbolicLink();
        assertThat(second).isSymbolicLink();
        assertThat(real).hasContent("new");
        assertThat(Files.isSymbolicLink(real)).isFalse();
    }

    @Test
    void aDanglingLinkCreatesItsTarget() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("real"));
        write(link);
        assertThat(link).isSymbolicLink();
        assertThat(folder.resolve("real")).hasContent("new");
    }

    @Test
    void aLinkToItselfIsRefused() throws IOException {
        Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("link"));
        assertThatThrownBy(() -> write(link))
                .isInstanceOf(IOException.class)
                .extracting(e -> Failure.words(e))
                .asString()
                .contains("too many symbolic links");
    }

    @Test
    void otherHardLinksStillNameTheSameFile() throws IOException {
        Path target = Files.writeString(folder.resolve("out"), "older than this");
        Path other = Files.createLink(folder.resolve("other"), target);
        write(target);
        assertThat(other).hasContent("new");
        assertThat(folder).isDirectoryNotContaining("glob:**.part");
    }

    @Test
    @Timeout(30)
    void aPipeIsWrittenAndKept() throws Exception {
        Path pipe = made("mkfifo", folder.resolve("pipe").toString());
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> content(pipe));
        write(pipe);
        assertThat(read.get()).isEqualTo("new");
        assertThat(Files.readAttributes(pipe, java.nio.file.attribute.BasicFileAttributes.class)
                        .isOther())
                .isTrue();
    }

    @Test
    @Timeout(30)
    void theReaderOfAPipeSeesTheEndWhenTheOutputFails() throws Exception {
        Path pipe = made("mkfifo", folder.resolve("pipe").toString());
        CompletableFuture<String> read = CompletableFuture.supplyAsync(() -> content(pipe));
        try (OutputFile output = OutputFile.open(pipe)) {
            output.stream().write(1);
        }
        assertThat(read.get()).isEmpty();
    }

    @Test
    void aDeviceIsWrittenAndKept() throws Exception {
        // Of our own, so that nothing is lost where this fails: the null device has numbers 1 and 3.
        Path device = made("mknod", folder.resolve("null").toString(), "c", "1", "3");
        assumeTrue(opens(device), "devices do not work in this folder");
        write(device);
        assertThat(Files.readAttributes(
                                device, java.nio.file.attribute.BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                        .isOther())
                .isTrue();
        assertThat(OutputFile.obstacle(device)).isEmpty();
    }

    private static boolean opens(Path device) {
        try (var stream = Files.newOutputStream(device, java.nio.file.StandardOpenOption.WRITE)) {
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Test
    void aReadOnlyFileIsRefusedAlthoughItsFolderIsWritable() throws IOException {
        Path target = Files.writeString(folder.resolve("out"), "old");
        Files.setPosixFilePermissions(target, PosixFilePermissions.fromString("r--r--r--"));
        assumeFalse(Files.isWritable(target), "root may write anything");
        assertThatThrownBy(() -> OutputFile.open(target)).hasMessageContaining("no permission to write");
        assertThat(OutputFile.obstacle(target))
                .hasValueSatisfying(w -> assertThat(w).contains("no permission to write"));
        assertThat(target).hasContent("old");
    }

    @Test
    void theFirstBytesCanBeKeptAfterAnInterrupt() throws IOException {
        Path target = folder.resolve("out");
        try (OutputFile output = OutputFile.open(target)) {
            output.stream().write("complete".getBytes(StandardCharsets.UTF_8));
            Thread.currentThread().interrupt();
            output.stream().write(" and the beginning of more".getBytes(StandardCharsets.UTF_8));
            assertThat(Thread.interrupted()).isTrue();
            output.keep(8);
        }
        assertThat(target).hasContent("complete");
    }

    @Test
    void restartDropsTheBytesWrittenSoFar() throws IOException {
        Path target = folder.resolve("out");
        try (OutputFile output = OutputFile.open(target)) {
            output.stream().write("longer".getBytes(StandardCharsets.UTF_8));
            output.restart();
            output.stream().write("new".getBytes(StandardCharsets.UTF_8));
            output.keep();
        }
        assertThat(target).hasContent("new");
    }

    @Test
    void standardOutputGetsTheBytesAtTheEnd() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        Terminal terminal = new Terminal(out, System.err, folder, false);
        try (OutputFile output = terminal.open(terminal.target("-"))) {
            output.stream().write(1);
            output.restart();
            output.stream().write("new".getBytes(StandardCharsets.UTF_8));
            assertThat(out.size()).isZero();
            output.keep();
        }
        assertThat(out).hasToString("new");
    }

    @Test
    void aFileWithTheLongestPossibleNameCanBeWritten() throws IOException {
        Path target = folder.resolve("x".repeat(255));
        write(target);
        assertThat(target).hasContent("new");
    }

    private static void write(Path target) throws IOException {
        OutputFile.write(target, "new".getBytes(StandardCharsets.UTF_8));
    }

    private static String mode(Path file) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(file));
    }

    private static String content(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** Runs a program that makes the file that is its first argument. */
    private static Path made(String... command) throws Exception {
        try {
            assumeTrue(new ProcessBuilder(command).start().waitFor() == 0, command[0] + " is not permitted");
        } catch (IOException e) {
            assumeTrue(false, "there is no " + command[0]);
        }
        return Path.of(command[1]);
    }
}
