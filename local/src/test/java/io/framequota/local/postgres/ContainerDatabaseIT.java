package io.framequota.local.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the container of the database does, with a template that initdb has just made. */
class ContainerDatabaseIT {
    @TempDir
    static Path image;

    @TempDir
    Path volume;

    @BeforeAll
    static void makeTheImage() throws IOException, InterruptedException {
        Path programs = PostgresServer.programs(image.resolve("cache"));
        for (String part : List.of("bin", "lib", "share")) {
            Files.createSymbolicLink(image.resolve(part), programs.resolve(part));
        }
        Path initialised = image.resolve("initialised");
        PostgresServer.initialise(image.resolve("cache"), initialised);
        DatabaseTemplate.pack(initialised, image.resolve("template.zip"));
    }

    @Test
    void theFirstStartSetsThePasswordAndLaterStartsNeedNone() throws Exception {
        ContainerDatabase.Running first = start("it's a secret");
        assertThat(data().resolve("pg_hba.conf")).hasContent("host all all all scram-sha-256");
        Object initialised = Files.getLastModifiedTime(data().resolve("PG_VERSION"));
        first.stop();
        assertThat(data().resolve("postmaster.pid")).doesNotExist();

        ContainerDatabase.Running second = start("");

        assertThat(Files.getLastModifiedTime(data().resolve("PG_VERSION"))).isEqualTo(initialised);
        second.stop();
    }

    @Test
    void aNewDatabaseWithoutAPasswordIsRefused() {
        assertThatThrownBy(() -> database().start("", freePort(), List.of()))
                .isInstanceOf(ContainerDatabase.Refused.class)
                .hasMessageContaining("POSTGRES_PASSWORD is missing");
        assertThat(data()).doesNotExist();
    }

    @Test
    void aSecondServerOnTheSameFolderIsRefused() throws Exception {
        ContainerDatabase.Running first = start("secret");

        assertThatThrownBy(() -> database().start("secret", freePort(), List.of()))
                .isInstanceOf(ContainerDatabase.Refused.class)
                .hasMessageContaining("another server uses");

        first.stop();
    }

    @Test
    void theFolderOfAnInterruptedFirstStartIsReplaced() throws Exception {
        Files.createDirectories(volume.resolve("pgdata.new/base"));
        Files.writeString(volume.resolve("pgdata.new/base/half"), "a file");

        ContainerDatabase.Running running = start("secret");

        assertThat(data().resolve("base/half")).doesNotExist();
        running.stop();
    }

    private ContainerDatabase.Running start(String password) throws Exception {
        ContainerDatabase.Running running = database().start(password, freePort(), List.of("-c", "fsync=off"));
        await().atMost(Duration.ofSeconds(30))
                .until(() ->
                        PostgresServer.isReady(data(), ProcessHandle.current().pid()));
        return running;
    }

    private ContainerDatabase database() {
        return new ContainerDatabase(image, data());
    }

    private Path data() {
        return volume.resolve("pgdata");
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
