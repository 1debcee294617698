package io.framequota.local;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.function.Consumer;

/** Makes what later starts are quick with: start-up caches of a run that did some work, and a data template. */
public final class WarmUp {
    /** What the system is to do while it is recorded. */
    public interface Work {
        /** Does it on a system that is ready. */
        void on(LocalSystem system) throws InterruptedException, IOException;
    }

    private final Installation installation;
    private final Consumer<String> say;

    public WarmUp(Installation installation, Consumer<String> say) {
        this.installation = installation;
        this.say = say;
    }

    /** Runs the system with one worker on fresh data and lets each JVM write its cache at its end. */
    public void record(Work work) throws InterruptedException, IOException {
        Path folder = installation.warm();
        DataFolder.deleteTree(folder.resolve("data"));
        Files.createDirectories(folder);
        run(new StartupCaches(true), work, ended -> {});
    }

    /** Lets the database make its schema and the broker its topics, and keeps a copy of both. */
    public void makeTemplate() throws InterruptedException, IOException {
        run(
                new StartupCaches(false),
                system -> {},
                data -> DataTemplate.of(installation).takeFrom(data));
    }

    private interface AtEnd {
        void of(Path data) throws IOException;
    }

    private void run(StartupCaches warm, Work work, AtEnd atEnd) throws InterruptedException, IOException {
        LocalSettings settings =
                new LocalSettings(1, Runtime.getRuntime().availableProcessors(), null, null, null, null, 0, false);
        DataFolder held = DataFolder.take(installation.newRun());
        try {
            try (LocalSystem system = LocalSystem.start(installation, settings, held.path(), warm, true, say)) {
                system.awaitReady();
                work.on(system);
            }
            atEnd.of(held.path());
        } finally {
            held.delete();
        }
    }
}
