package io.framequota.ingest.testing;

import static io.restassured.RestAssured.given;

import io.quarkus.test.common.http.TestHTTPResource;
import jakarta.inject.Inject;
import java.net.URI;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** The service with scripted streams, and a scheduler and a worker that the test plays; for tests with {@link LiveProfile}. */
public abstract class LiveServiceBase {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    protected String bootstrap;

    @TestHTTPResource
    protected URI server;

    @Inject
    protected ScriptedStreams streams;

    protected FakeWorker scheduler;
    protected FakeLiveWorker worker;

    @BeforeEach
    void start() {
        scheduler = new FakeWorker(bootstrap);
        worker = new FakeLiveWorker(bootstrap);
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        Client.cancelAll();
        worker.close();
        scheduler.close();
    }

    /** Submits a live job and returns its id. */
    protected static String live(String source, String more) {
        return given().contentType("application/json")
                .body("{\"live\":true,\"source\":\"" + source + "\"" + more + "}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job");
    }
}
