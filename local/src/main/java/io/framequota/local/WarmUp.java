package io.framequota.local;

import io.framequota.local.files.Folders;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Records, once after a build, what makes later starts fast: the JVMs' start-up caches and a data template. */
public final class WarmUp {
    /** Work for the system while its caches are recorded. */
    public interface Work {
        void on(LocalSystem system) throws InterruptedException, IOException;
    }

    private interface AtEnd {
        void of(Path data) throws IOException;
    }

    private final Installation installation;
    private final Consumer<String> say;

    public WarmUp(Installation installation, Consumer<String> say) {
        this.installation = installation;
        this.say = say;
    }

    /** Runs a system with one worker on new data; each JVM writes its cache when it ends. */
    public void recordCaches(Work work) throws InterruptedException, IOException {
        Path folder = installation.warm();
        Folders.delete(folder.resolve("data"));
        Files.createDirectories(folder);
        run(StartupCaches.RECORDED, work, data -> {});
    }

    /** Lets the database create its schema and the broker its topics, and keeps a copy of both. */
    public void makeTemplate() throws InterruptedException, IOException {
        run(
                StartupCaches.USED,
                system -> {},
                data -> DataTemplate.of(installation).takeFrom(data));
    }

    private void run(StartupCaches caches, Work work, AtEnd atEnd) throws InterruptedException, IOException {
        LocalSettings settings = LocalSettings.temporary(1);
        DataFolder held = DataFolder.take(installation.newRun());
        try {
            try (LocalSystem system = LocalSystem.start(installation, settings, held.path(), caches, say)) {
                system.awaitReady();
                work.on(system);
            }
            atEnd.of(held.path());
        } finally {
            held.delete();
        }
    }
}
