package io.framequota.local.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Runs the database of a container. */
public final class ContainerDatabaseMain {
    /**
     * Arguments: folder of the programs, data folder, further arguments for the server. {@code POSTGRES_PASSWORD} has the
     * password of a new database. SIGTERM is a fast shutdown.
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
            // The server has already ended.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private ContainerDatabaseMain() {}
}
