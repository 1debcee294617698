package io.framequota.ingest.api;

import static io.framequota.ingest.testing.Keys.as;
import static io.framequota.ingest.testing.Keys.key;
import static io.framequota.ingest.testing.Keys.submit;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;

import io.framequota.ingest.testing.AccessProfile;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.Keys;
import io.framequota.ingest.testing.TenantLimitsProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What one tenant and one key may have. */
@QuarkusTest
@TestProfile(TenantLimitsProfile.class)
class TenantLimitsIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    private FakeWorker worker;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        Keys.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        worker.close();
    }

    @Test
    void aTenantHasSoManyOpenJobsHoweverManyComeAtOnce() {
        worker.does(chunk -> false);
        String key = key("busy", "read", "submit");

        List<CompletableFuture<Integer>> all = Stream.generate(
                        () -> CompletableFuture.supplyAsync(() -> submit(key, 1).statusCode()))
                .limit(6)
                .toList();
        List<Integer> statuses = all.stream().map(CompletableFuture::join).toList();

        assertThat(statuses).containsOnly(202, 429);
        assertThat(statuses.stream().filter(s -> s == 202)).hasSize(2);
        Response refused = submit(key, 1);
        refused.then().statusCode(429).body("detail", containsString("may have 2"));
        assertThat(refused.header("Retry-After")).isNotNull();
        submit(key("idle", "submit"), 1).then().statusCode(202);
        Keys.jobs(key).forEach(job -> as(key).post("/api/v1/jobs/" + job + "/cancel"));
        submit(key, 1).then().statusCode(202);
        Keys.jobs(key).forEach(job -> as(key).post("/api/v1/jobs/" + job + "/cancel"));
    }

    @Test
    void aTenantsUploadsTakeSoManyBytes() {
        String key = key("large", "read", "submit");
        byte[] file = "frames=1 of=00000000000000005".getBytes(StandardCharsets.UTF_8);

        String kept = as(key).multiPart("file", "v.mp4", file)
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job");
        Keys.await(kept, "SUCCEEDED");
        as(key).multiPart("file", "v.mp4", file)
                .post("/api/v1/jobs")
                .then()
                .statusCode(429)
                .body("detail", containsString("may take 40"));
        as(key).contentType(ContentType.JSON)
                .body("{\"again\":\"" + kept + "\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(429)
                .body("detail", containsString("may take 40"));
        as(key).delete("/api/v1/jobs/" + kept).then().statusCode(200);
        as(key).multiPart("file", "v.mp4", file).post("/api/v1/jobs").then().statusCode(202);
    }

    @Test
    void aKeySendsSoManyRequests() {
        String eager = key("eager", "read");
        Response last = null;
        for (int i = 0; i < 5000 && (last == null || last.statusCode() == 200); i++) {
            last = as(eager).get("/api/v1/session");
        }

        last.then().statusCode(429).body("detail", containsString("too many requests"));
        assertThat(Integer.parseInt(last.header("Retry-After"))).isBetween(1, 10);
        as(AccessProfile.ADMIN_KEY).get("/api/v1/session").then().statusCode(200);
    }
}
