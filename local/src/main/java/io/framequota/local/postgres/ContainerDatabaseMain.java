package io.framequota.local.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** The database of a container: starts the server as its only child and ends with it. */
public final class ContainerDatabaseMain {
    /**
     * Arguments: folder of the programs, data folder, further arguments of the server. The password of a new database is in
     * {@code POSTGRES_PASSWORD}. SIGTERM is a fast shutdown.
     */
    public static void main(String[] arguments) throws InterruptedException {
        List<String> all = Arrays.asList(arguments);
        ContainerDatabase database = new ContainerDatabase(Path.of(all.get(0)), Path.of(all.get(1)));
        try {
            ContainerDatabase.Running running = database.start(
                    System.getenv().getOrDefault("POSTGRES_PASSWORD", ""),
                    ContainerDatabase.port(),
                    all.subList(2, all.size()));
            Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(running)));
            System.exit(running.await());
        } catch (ContainerDatabase.Refused e) {
            System.err.println("postgresql: " + e.getMessage());
            System.exit(2);
        } catch (IOException e) {
            System.err.println("postgresql: " + e.getMessage());
            System.exit(1);
        }
    }

    private static void stop(ContainerDatabase.Running running) {
        try {
            running.stop();
        } catch (IOException e) {
            // It has ended by itself.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ContainerDatabaseMain() {}
}
