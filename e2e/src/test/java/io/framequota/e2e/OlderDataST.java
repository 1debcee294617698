package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.local.postgres.PostgresServer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A data folder from when everybody was let in as superuser goes on, and lets in nobody but its own user. */
@Tag("long")
class OlderDataST {
    private static final Duration LIMIT = Duration.ofMinutes(3);

    @TempDir
    Path folder;

    @Test
    void dataOfAnEarlierReleaseIsUsedWithoutASuperuser() throws Exception {
        Path data = folder.resolve("data");
        String job;
        try (RunningSystem system = RunningSystem.up(data)) {
            job = system.submit("sample:walkers", "people", 30).path("job").asText();
            assertThat(system.awaitEnd(job, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
        }
        makeOlder(data);

        try (RunningSystem system = RunningSystem.up(data)) {
            assertThat(system.job(job).path("state").asText()).isEqualTo("SUCCEEDED");
            String next =
                    system.submit("sample:walkers", "people", 30).path("job").asText();
            JsonNode end = system.awaitEnd(next, LIMIT);
            assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        }

        assertThat(data.resolve("database/pg_hba.conf")).content().doesNotContain("trust");
        for (String part : List.of("database", "broker", "storage", "logs")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(data.resolve(part))))
                    .as(part)
                    .isEqualTo("rwx------");
        }
        String password = Files.readString(data.resolve("database/framequota-password"));
        onServer(data, PostgresServer.USER, password, connection -> {
            try (Statement statement = connection.createStatement();
                    ResultSet is = statement.executeQuery(
                            "SELECT rolsuper OR rolcreaterole OR rolcreatedb FROM pg_roles WHERE rolname = current_user")) {
                assertThat(is.next()).isTrue();
                assertThat(is.getBoolean(1))
                        .as("may do what an administrator may")
                        .isFalse();
            }
        });
    }

    /** As the version before left it. */
    private static void makeOlder(Path data) throws Exception {
        Path database = data.resolve("database");
        Files.delete(database.resolve("framequota-password"));
        Files.writeString(database.resolve("pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");
        onServer(data, "postgres", "", connection -> {
            try (Statement statement = connection.createStatement()) {
                List<String> tables = new ArrayList<>();
                try (ResultSet all =
                        statement.executeQuery("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")) {
                    while (all.next()) {
                        tables.add(all.getString(1));
                    }
                }
                assertThat(tables).isNotEmpty();
                for (String table : tables) {
                    statement.execute("ALTER TABLE " + table + " OWNER TO postgres");
                }
                statement.execute("ALTER DATABASE postgres OWNER TO postgres");
                statement.execute("REASSIGN OWNED BY framequota TO postgres");
                statement.execute("DROP ROLE framequota");
            }
        });
        for (String part : List.of("broker", "storage", "logs")) {
            Files.setPosixFilePermissions(data.resolve(part), PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    private interface Work {
        void on(Connection connection) throws Exception;
    }

    /** Runs the server alone on the folder. */
    private static void onServer(Path data, String user, String password, Work work) throws Exception {
        int port = Server.freePort();
        Path database = data.resolve("database");
        Path cache = data.resolve("cache").toRealPath();
        Process server = new ProcessBuilder(PostgresServer.command(cache, database, port, false))
                .redirectErrorStream(true)
                .redirectOutput(data.resolve("by-hand.log").toFile())
                .start();
        try {
            Awaitility.await("PostgreSQL is ready")
                    .failFast("PostgreSQL ended: see " + data.resolve("by-hand.log"), () -> !server.isAlive())
                    .atMost(Duration.ofMinutes(1))
                    .until(() -> PostgresServer.isReady(database, server.pid()));
            try (Connection connection =
                    DriverManager.getConnection("jdbc:postgresql://127.0.0.1:" + port + "/postgres", user, password)) {
                work.on(connection);
            }
        } finally {
            server.destroy();
            server.waitFor(20, TimeUnit.SECONDS);
        }
    }
}
