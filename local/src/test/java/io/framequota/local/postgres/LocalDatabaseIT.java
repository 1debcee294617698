package io.framequota.local.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Observes PostgreSQL through its pid file and the process table, because there is no driver on the class path. */
class LocalDatabaseIT {
    @TempDir
    Path folder;

    @Test
    void aRestartUsesTheSameDataAndLeavesNoProcess() throws Exception {
        Path data = folder.resolve("data");
        String system = start(data);
        assertThat(start(data)).as("the same cluster").isEqualTo(system);
        assertThat(data.resolve("postmaster.pid")).doesNotExist();
    }

    private static String start(Path data) throws IOException, InterruptedException {
        ProcessHandle server;
        try (LocalDatabase database = LocalDatabase.start(data, freePort())) {
            assertThat(database.jdbcUrl()).startsWith("jdbc:postgresql://127.0.0.1:");
            server = server(data);
            assertThat(server.isAlive()).isTrue();
        }
        assertThat(server.isAlive()).isFalse();
        return Files.readString(data.resolve("PG_VERSION")) + Files.getLastModifiedTime(data.resolve("PG_VERSION"));
    }

    @Test
    void aServerWhoseShellWasKilledIsEndedByTheNextStart() throws Exception {
        Path data = folder.resolve("data");
        LocalDatabase first = LocalDatabase.start(data, freePort());
        ProcessHandle orphan = server(data);
        ProcessHandle shell = orphan.parent().orElseThrow();
        shell.destroyForcibly();
        shell.onExit().get(20, TimeUnit.SECONDS);
        assertThat(orphan.isAlive()).isTrue();

        try (LocalDatabase second = LocalDatabase.start(data, freePort())) {
            // Init removes the ended process within seconds.
            orphan.onExit().get(20, TimeUnit.SECONDS);
            assertThat(server(data).isAlive()).isTrue();
            assertThat(second.jdbcUrl()).isNotEqualTo(first.jdbcUrl());
        }
    }

    private static ProcessHandle server(Path data) throws IOException {
        long pid = Long.parseLong(
                Files.readAllLines(data.resolve("postmaster.pid")).getFirst());
        return ProcessHandle.of(pid).orElseThrow();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
