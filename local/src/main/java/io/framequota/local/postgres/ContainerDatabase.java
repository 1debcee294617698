package io.framequota.local.postgres;

import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A PostgreSQL server in a container, with its data on a volume that outlives the container. It needs no shell: a new data
 * folder is a copy of a template that was initialised when the image was built.
 *
 * @param home folder of PostgreSQL's programs and {@code template.zip}
 * @param data the server's folder
 */
record ContainerDatabase(Path home, Path data) {
    private static final int PORT = 5432;

    /** Loopback connections need a password, too: other containers may share the interface. */
    private static final String ACCESS = "host all all all scram-sha-256\n";

    private static final List<String> SETTINGS = List.of(
            "listen_addresses=*",
            "unix_socket_directories=",
            "max_connections=50",
            "shared_buffers=32MB",
            "jit=off",
            "max_wal_size=256MB",
            "log_min_messages=warning");

    /** The reason why the server cannot start, in one line. */
    static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }

    /** A running server, a child of this process. */
    interface Running {
        /** Waits until the server ends and returns its exit code. */
        int await() throws InterruptedException;

        /** Shuts the server down fast: rolls back open transactions and writes committed ones to disk. */
        void stop() throws IOException, InterruptedException;
    }

    /**
     * Starts the server and initialises a new folder.
     *
     * @param password of the user {@code postgres}; used for a new folder only
     * @param more further arguments for the server
     * @throws Refused the folder is in use, or it is new and there is no password
     */
    Running start(String password, int port, List<String> more) throws IOException, InterruptedException {
        Path above = Objects.requireNonNull(data.toAbsolutePath().getParent());
        Files.createDirectories(above);
        // Held until this process ends, because a server in another container cannot see the processes of this one.
        FileChannel lock = FileChannel.open(
                above.resolve(data.getFileName() + ".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (lock.tryLock() == null) {
                throw new Refused("another server uses " + data);
            }
        } catch (OverlappingFileLockException e) {
            throw new Refused("another server uses " + data);
        }
        if (!Files.exists(data.resolve("PG_VERSION"))) {
            initialise(above.resolve(data.getFileName() + ".new"), password);
        }
        // A killed container has left the file; its process id means nothing in this container.
        Files.deleteIfExists(data.resolve("postmaster.pid"));
        List<String> command = new ArrayList<>(program("postgres"));
        command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
        SETTINGS.forEach(setting -> command.addAll(List.of("-c", setting)));
        command.addAll(more);
        Process server = new ProcessBuilder(command).inheritIO().start();
        return new Running() {
            @Override
            public int await() throws InterruptedException {
                return server.waitFor();
            }

            @Override
            public void stop() throws IOException, InterruptedException {
                run(List.of("pg_ctl", "stop", "-s", "-m", "fast", "-D", data.toString()), "");
                server.waitFor();
                lock.close();
            }
        };
    }

    /** The port in a container. */
    static int port() {
        return PORT;
    }

    private void initialise(Path half, String password) throws IOException, InterruptedException {
        if (password.isEmpty() || password.chars().anyMatch(Character::isISOControl)) {
            throw new Refused("POSTGRES_PASSWORD is " + (password.isEmpty() ? "missing" : "not one line of text")
                    + ": the first start on " + data + " needs it");
        }
        DatabaseTemplate.copy(home.resolve("template.zip"), half);
        Files.writeString(half.resolve("pg_hba.conf"), ACCESS);
        run(
                List.of("postgres", "--single", "-D", half.toString(), "postgres"),
                "ALTER USER postgres PASSWORD '" + password.replace("'", "''") + "'\n");
        Files.move(half, data);
    }

    private void run(List<String> arguments, String input) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(program(arguments.getFirst()));
        command.addAll(arguments.subList(1, arguments.size()));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (var out = process.getOutputStream()) {
            out.write(input.getBytes(StandardCharsets.UTF_8));
        }
        try (InputStream in = process.getInputStream()) {
            String said = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            if (process.waitFor() != 0 || said.contains("ERROR:")) {
                throw new IOException(arguments.getFirst() + " failed: "
                        + said.strip().lines().findFirst().orElse(""));
            }
        }
    }

    private List<String> program(String name) {
        List<String> command = new ArrayList<>(PostgresServer.asUser());
        command.add(home.resolve("bin").resolve(name).toString());
        return command;
    }
}
