package io.framequota.cli.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A database with the schema and a broker with the topics, made once after a build: copying them is quicker than making
 * them at every start.
 */
final class DataTemplate {
    private static final List<String> PARTS = List.of("database", "broker");
    private final Path folder;

    private DataTemplate(Path folder) {
        this.folder = folder;
    }

    static DataTemplate of(Installation installation) {
        return new DataTemplate(installation.root().resolve(Installation.warm()).resolve("data"));
    }

    /** Gives a data folder what it does not have yet. */
    void fill(Path data) throws IOException {
        for (String part : PARTS) {
            Path target = data.resolve(part);
            if (!Files.exists(target) && Files.exists(folder.resolve(part))) {
                Path half = data.resolve(part + ".new");
                DataFolder.deleteTree(half);
                DataFolder.copyTree(folder.resolve(part), half);
                Files.move(half, target);
            }
        }
    }

    /** Becomes a copy of a data folder whose processes have ended. */
    void takeFrom(Path data) throws IOException {
        DataFolder.deleteTree(folder);
        Files.createDirectories(folder);
        for (String part : PARTS) {
            DataFolder.copyTree(data.resolve(part), folder.resolve(part));
        }
    }
}
