package io.framequota.cli.local.postgres;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A real PostgreSQL server from its jar, on loopback, with its data in a folder that outlives it. */
public final class LocalDatabase implements AutoCloseable {
    private final EmbeddedPostgres postgres;

    private LocalDatabase(EmbeddedPostgres postgres) {
        this.postgres = postgres;
    }

    /**
     * Starts the server on a folder, initialising it when it is new.
     *
     * @throws IOException when the server cannot be unpacked or started
     */
    public static LocalDatabase start(Path data, int port) throws IOException {
        Files.createDirectories(data);
        return new LocalDatabase(EmbeddedPostgres.builder()
                .setDataDirectory(data)
                .setPort(port)
                .setCleanDataDirectory(false)
                .setServerConfig("max_connections", "50")
                .setServerConfig("shared_buffers", "32MB")
                .start());
    }

    /** The URL, for user {@code postgres} without a password. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres";
    }

    @Override
    public void close() throws IOException {
        postgres.close();
    }
}
