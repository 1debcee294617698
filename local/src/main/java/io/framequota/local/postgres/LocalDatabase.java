package io.framequota.local.postgres;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** A PostgreSQL server on loopback for tests. Its programs come from a jar; its data stays in a folder. */
public final class LocalDatabase implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private final Process process;
    private final int port;
    private final String password;

    private LocalDatabase(Process process, int port, String password) {
        this.process = process;
        this.port = port;
        this.password = password;
    }

    /**
     * Starts the server and initialises a new folder.
     *
     * @throws IOException when the server cannot be unpacked or started
     */
    public static LocalDatabase start(Path data, int port) throws IOException {
        try {
            Path folder = data.toAbsolutePath();
            PostgresServer.initialise(cache(), folder);
            String password = PostgresServer.secure(cache(), folder);
            Process process = new ProcessBuilder(PostgresServer.command(cache(), folder, port, false))
                    .redirectErrorStream(true)
                    .redirectOutput(folder.resolve("server.log").toFile())
                    .start();
            LocalDatabase database = new LocalDatabase(process, port, password);
            long end = System.nanoTime() + LIMIT.toNanos();
            while (!PostgresServer.isReady(folder, process.pid())) {
                if (!process.isAlive() || System.nanoTime() > end) {
                    database.close();
                    throw new IOException(
                            "PostgreSQL does not start on " + folder + ": see " + folder.resolve("server.log"));
                }
                TimeUnit.MILLISECONDS.sleep(10);
            }
            return database;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while PostgreSQL started", e);
        }
    }

    /** The JDBC URL with user and password, which take precedence over other settings of a client. */
    public String jdbcUrl() {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + PostgresServer.DATABASE + "?user=" + PostgresServer.USER
                + "&password=" + password;
    }

    @Override
    public void close() throws IOException {
        process.destroy();
        try {
            if (!process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS)) {
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static Path cache() {
        String xdg = System.getenv().getOrDefault("XDG_CACHE_HOME", "");
        return Path.of(xdg.startsWith("/") ? xdg : System.getProperty("user.home") + "/.cache", "framequota");
    }
}
