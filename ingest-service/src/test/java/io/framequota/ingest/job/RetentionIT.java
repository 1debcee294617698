package io.framequota.ingest.job;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.agroal.api.AgroalDataSource;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.Test;

@QuarkusTest
@TestProfile(JobsProfile.class)
class RetentionIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    Retention retention;

    @Inject
    IngestConfig config;

    @Inject
    AgroalDataSource database;

    @Test
    void aSourceGoesADayAfterItsJobEndedAndItsResultStays() throws Exception {
        try (FakeWorker worker = new FakeWorker(bootstrap)) {
            Await.until(
                    "the model is known",
                    () -> given().get("/api/v1/models").asString().contains("people"));
            String done = Client.submit(5);
            String failed = given().multiPart("file", "x.mp4", "nonsense".getBytes(StandardCharsets.UTF_8))
                    .post("/api/v1/jobs")
                    .path("job");
            worker.does(c -> c.getJob().equals(done));
            String running = Client.submit(5);
            Client.await(done, "SUCCEEDED");
            Client.await(failed, "FAILED");

            retention.discardEnded();
            assertThat(upload(done)).exists();
            age(done);
            age(failed);
            retention.discardEnded();

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

    private Path upload(String id) {
        return config.storage().resolve("uploads").resolve(id);
    }

    private void age(String id) throws SQLException {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement()) {
            s.execute("update jobs set ended_at = now() - interval '25 hours' where id = '" + id + "'");
        }
    }
}
