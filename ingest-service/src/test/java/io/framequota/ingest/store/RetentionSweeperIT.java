package io.framequota.ingest.store;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.agroal.api.AgroalDataSource;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(JobsProfile.class)
class RetentionSweeperIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    RetentionSweeper retention;

    @Inject
    IngestConfig config;

    @Inject
    AgroalDataSource database;

    @Test
    void aSourceIsDeletedADayAfterItsJobEndedAndTheResultStays() throws Exception {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Client.awaitModels();
            String done = Client.submit(5);
            String failed = given().multiPart("file", "x.mp4", "nonsense".getBytes(StandardCharsets.UTF_8))
                    .post("/api/v1/jobs")
                    .path("job");
            worker.does(c -> c.getJob().equals(done));
            String running = Client.submit(5);
            Client.await(done, "SUCCEEDED");
            Client.await(failed, "FAILED");

            retention.deleteOldSources();
            assertThat(upload(done)).exists();
            age(done, "25 hours");
            age(failed, "25 hours");
            retention.deleteOldSources();

            assertThat(upload(done)).doesNotExist();
            assertThat(upload(failed)).doesNotExist();
            assertThat(upload(running)).exists();
            assertThat(Client.frames(Client.gunzip(
                            given().get("/api/v1/jobs/" + done + "/detections").asByteArray())))
                    .hasSize(5);
            given().get("/api/v1/jobs/" + done + "/video").then().statusCode(410);
            given().post("/api/v1/jobs/" + failed + "/redrive")
                    .then()
                    .statusCode(410)
                    .body("detail", containsString("submit it again"));
        }
    }

    @Test
    void aJobIsDeletedAfterItsRetentionWithItsResultItsRowsAndItsKey() throws Exception {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Client.awaitModels();
            String old = Client.video(25)
                    .header("Idempotency-Key", "monthly")
                    .post("/api/v1/jobs")
                    .path("job");
            String recent = Client.submit(5);
            Client.await(old, "SUCCEEDED");
            Client.await(recent, "SUCCEEDED");
            given().get("/api/v1/jobs/" + old + "/video").then().statusCode(200);
            Files.createFile(result(old).resolve("7-1-1.gz.part"));
            assertThat(rows("members", old)).isEqualTo(3);

            retention.deleteOldJobs();
            assertThat(result(old)).isDirectoryContaining("glob:**annotated.mp4");
            age(old, "31 days");
            age(recent, "29 days");
            retention.deleteOldJobs();

            assertThat(result(old)).doesNotExist();
            assertThat(upload(old)).doesNotExist();
            for (String table : List.of("members", "chunks", "idempotency_keys")) {
                assertThat(rows(table, old)).as(table).isZero();
            }
            given().get("/api/v1/jobs/" + old).then().statusCode(404);
            assertThat(result(recent)).isDirectory();
            assertThat(Client.video(5)
                            .header("Idempotency-Key", "monthly")
                            .post("/api/v1/jobs")
                            .<String>path("job"))
                    .isNotEqualTo(old);
        }
    }

    private Path result(String id) {
        return config.storage().resolve("results").resolve(id);
    }

    private int rows(String table, String job) throws SQLException {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery("select count(*) from " + table + " where job = '" + job + "'")) {
            r.next();
            return r.getInt(1);
        }
    }

    private Path upload(String id) {
        return config.storage().resolve("uploads").resolve(id);
    }

    private void age(String id, String by) throws SQLException {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement()) {
            s.execute("update jobs set ended_at = now() - interval '" + by + "' where id = '" + id + "'");
        }
    }
}
