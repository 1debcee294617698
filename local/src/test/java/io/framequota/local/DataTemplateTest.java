package io.framequota.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataTemplateTest {
    private static final int FILES = 200;

    @TempDir
    private Path folder;

    @Test
    void withoutATemplateNothingIsCopied() throws IOException {
        Path data = Files.createDirectories(folder.resolve("data"));

        template().fill(data);

        assertThat(data).isEmptyDirectory();
    }

    @Test
    void copiesAreCompleteWhileTheTemplateIsReplaced() throws IOException, InterruptedException, ExecutionException {
        Path made = folder.resolve("made");
        for (String part : new String[] {"database", "broker"}) {
            Files.createDirectories(made.resolve(part));
            for (int i = 0; i < FILES; i++) {
                Files.writeString(made.resolve(part).resolve("file-" + i), "x");
            }
        }
        template().takeFrom(made);
        try (ExecutorService other = Executors.newSingleThreadExecutor()) {
            Future<?> makes = other.submit(() -> {
                for (int i = 0; i < 5; i++) {
                    template().takeFrom(made);
                }
                return null;
            });
            for (int i = 0; i == 0 || !makes.isDone(); i++) {
                Path data = Files.createDirectories(folder.resolve("data-" + i));
                template().fill(data);
                assertThat(data.resolve("database").toFile().list()).hasSize(FILES);
                assertThat(data.resolve("broker").toFile().list()).hasSize(FILES);
            }
            makes.get();
        }
    }

    private DataTemplate template() {
        return DataTemplate.of(new Installation(
                folder.resolve("root"), Path.of("java"), folder.resolve("state"), folder.resolve("cache")));
    }
}
