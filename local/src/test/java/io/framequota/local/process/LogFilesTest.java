package io.framequota.local.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFilesTest {
    @TempDir
    Path folder;

    @Test
    void aProcessGoesOnWritingAtTheStartOfItsRotatedLog() throws IOException {
        Path log = folder.resolve("scheduler.log");
        try (OutputStream process = Files.newOutputStream(log, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            process.write("one\ntwo\n".getBytes(StandardCharsets.UTF_8));
            LogFiles.rotate(log, 8);
            assertThat(log).hasContent("one\ntwo\n");
            LogFiles.rotate(log, 7);
            process.write("three\n".getBytes(StandardCharsets.UTF_8));
        }

        assertThat(log).hasContent("three\n");
        assertThat(folder.resolve("scheduler.log.1")).hasContent("one\ntwo\n");
        assertThat(LogFiles.tail(log, 2)).containsExactly("two", "three");
        assertThat(LogFiles.tail(log, 1)).containsExactly("three");
        assertThat(LogFiles.tail(log, 10)).containsExactly("one", "two", "three");
    }

    @Test
    void onlyOneOlderLogIsKept() throws IOException {
        Path log = folder.resolve("broker.log");
        for (String text : new String[] {"first", "second", "third"}) {
            Files.writeString(log, text);
            LogFiles.rotate(log, 1);
        }

        assertThat(folder).isDirectoryContaining("glob:**broker.log").isDirectoryContaining("glob:**broker.log.1");
        assertThat(folder.toFile().list()).hasSize(2);
        assertThat(folder.resolve("broker.log.1")).hasContent("third");
        assertThat(log).isEmptyFile();
    }
}
