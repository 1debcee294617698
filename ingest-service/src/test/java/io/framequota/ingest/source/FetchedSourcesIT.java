package io.framequota.ingest.source;

import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.agroal.api.AgroalDataSource;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.FetchedSourcesProfile;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import jakarta.inject.Inject;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.stream.IntStream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Fetches sources through the running service: slow servers, secrets, and addresses that are never read. */
@QuarkusTest
@TestProfile(FetchedSourcesProfile.class)
class FetchedSourcesIT {
    private static final String BASIC =
            "Basic " + Base64.getEncoder().encodeToString("me:hush@1".getBytes(StandardCharsets.UTF_8));

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    AgroalDataSource database;

    private FakeWorker worker;
    private HttpServer web;
    private final AtomicInteger deep = new AtomicInteger();
    private final List<String> log = new CopyOnWriteArrayList<>();
    private final Handler listener = new Handler() {
        @Override
        public void publish(LogRecord line) {
            Object[] parameters = line.getParameters() == null ? new Object[0] : line.getParameters();
            log.add(line.getMessage() + List.of(parameters) + line.getThrown());
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    };

    @BeforeEach
    void start() throws IOException {
        Logger.getLogger("").addHandler(listener);
        worker = new FakeWorker(bootstrap);
        web = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        web.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        web.createContext("/drips", exchange -> {
            exchange.sendResponseHeaders(200, 0);
            drip(exchange.getResponseBody());
        });
        web.createContext("/v.mp4", exchange -> answer(exchange, 200, "frames=5"));
        web.createContext("/locked", exchange -> {
            boolean open = BASIC.equals(exchange.getRequestHeaders().getFirst("Authorization"))
                    && "token=hushhush".equals(exchange.getRequestURI().getRawQuery());
            answer(exchange, open ? 200 : 401, "frames=5");
        });
        web.createContext("/deep", exchange -> {
            deep.incrementAndGet();
            exchange.getResponseHeaders().add("Location", "ftp:(" + "/a".repeat(30_000));
            answer(exchange, 302, "");
        });
        web.createContext("/metadata", exchange -> {
            exchange.getResponseHeaders().add("Location", "http://[::ffff:169.254.169.254]/latest");
            answer(exchange, 302, "");
        });
        web.start();
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        Logger.getLogger("").removeHandler(listener);
        web.stop(0);
        worker.close();
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        exchange.sendResponseHeaders(status, body.isEmpty() ? -1 : body.length());
        exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
        exchange.close();
    }

    /** Sends a byte every 300 ms for 30 s at most. */
    private static void drip(OutputStream out) throws IOException {
        try (out) {
            for (int i = 0; i < 100; i++) {
                out.write('x');
                out.flush();
                Thread.sleep(300);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Test
    void slowServersDelayNoOtherJobAndAreGivenUp() {
        // One more than can be decoded at the same time.
        List<String> slow = IntStream.range(0, 9)
                .mapToObj(i -> submit(at("/drips?" + i), 202))
                .toList();
        String quick = Client.submit(5);
        String fetched = submit(at("/v.mp4"), 202);

        Client.await(quick, "SUCCEEDED");
        Client.await(fetched, "SUCCEEDED");
        assertThat(given().get("/q/metrics").asString()).contains("framequota_fetch_jobs 9.0");
        for (String id : slow) {
            given().get("/api/v1/jobs/" + id).then().body("state", equalTo("QUEUED"));
        }
        for (String id : slow) {
            Client.await(id, "FAILED");
            given().get("/api/v1/jobs/" + id).then().body("error", containsString("bytes arrived within 4 s"));
        }
    }

    @Test
    void cancellingAJobEndsItsFetch() {
        String slow = submit(at("/drips"), 202);
        Await.until("it is fetched", () -> given().get("/q/metrics").asString().contains("framequota_fetch_jobs 1.0"));

        given().delete("/api/v1/jobs/" + slow).then().statusCode(200).body("state", equalTo("CANCELLED"));

        Await.until("fetching ends", () -> given().get("/q/metrics").asString().contains("framequota_fetch_jobs 0.0"));
    }

    @Test
    void secretsOfAnAddressReachItsServerOnly() throws Exception {
        String locked = at("/locked?token=hushhush").replace("//", "//me:hush%401@");
        String id = submit(locked, 202);
        Client.await(id, "SUCCEEDED");
        String wrong = submit(at("/locked?token=hushhush").replace("//", "//me:hush-not@"), 202);
        Client.await(wrong, "FAILED");

        String masked = at("/locked?token=***").replace("//", "//***@");
        given().get("/api/v1/jobs/" + id).then().body("source", equalTo(masked));
        given().get("/api/v1/jobs/" + wrong).then().body("error", containsString(masked + " answered 401"));
        // Only a job that failed before its source was fetched keeps the secrets, because a redrive needs them.
        assertThat(text("select job from secret_addresses")).isEqualTo(wrong);
        String refused = given().contentType(ContentType.JSON)
                .body("{\"source\":\"ftp://me:hush%401@host/v.mp4\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(422)
                .extract()
                .asString();
        assertThat(refused
                        + given().get("/api/v1/jobs").asString()
                        + given().get("/api/v1/jobs/" + id + "/events").asString()
                        + given().get("/api/v1/jobs/" + wrong + "/events").asString()
                        + text("select string_agg(j::text, ' ') from jobs j")
                        + text("select string_agg(k::text, ' ') from idempotency_keys k")
                        + worker.facts(id)
                        + log)
                .doesNotContain("hush");

        given().delete("/api/v1/jobs/" + wrong).then().statusCode(200);
        assertThat(text("select string_agg(job, ' ') from secret_addresses")).isEqualTo("null");
    }

    @Test
    void refusesCloudMetadataWhileInternalAddressesAreAllowed() {
        for (String source : List.of(
                "http://169.254.169.254/latest/meta-data",
                "http://[::ffff:a9fe:a9fe]/latest",
                "http://[64:ff9b::a9fe:a9fe]/",
                at("/metadata"))) {
            String id = submit(source, 202);
            Client.await(id, "FAILED");
            given().get("/api/v1/jobs/" + id).then().body("error", containsString("which is never read"));
        }
    }

    @Test
    void anInvalidRedirectFailsTheJobOnce() throws Exception {
        String id = submit(at("/deep"), 202);
        Client.await(id, "FAILED");

        given().get("/api/v1/jobs/" + id).then().body("error", containsString("which is not a valid address"));
        assertThat(deep.get()).isEqualTo(1);
    }

    @Test
    void givesUpAFetchDuringWhichTheProcessEndedTooOften() throws Exception {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement()) {
            s.execute("insert into jobs (id, arrival, source, input, model, card, every, chunk_frames, chunk_bytes,"
                    + " labels, submitted_at, state, to_fetch, unproven) values ('endless', nextval('arrival'), '"
                    + at("/v.mp4") + "', '" + at("/v.mp4")
                    + "', 'people', '', 1, 10, 16777216, '{}', now(), 'QUEUED', true, 10)");
        }
        Client.await("endless", "FAILED");

        given().get("/api/v1/jobs/endless").then().body("error", containsString("started 10 times and never finished"));
        assertThat(text("select unproven from jobs where id = 'endless'")).isEqualTo("0");
    }

    @Test
    void secretsInUnusualPlacesReachTheirServerOnly() throws Exception {
        String fetched = submit(at("/v.mp4?%74oken=hush&session=hush&jwt=hush#access_token=hush"), 202);
        Client.await(fetched, "SUCCEEDED");
        // Without a user, the text before the @ may be a password with a slash, or a port and a path.
        String path = submit(at("/v.mp4/hush@1/x"), 202);
        Client.await(path, "SUCCEEDED");

        assertThat(given().get("/api/v1/jobs").asString() + text("select string_agg(j::text, ' ') from jobs j") + log)
                .doesNotContain("hush");
    }

    @Test
    void reportsAnUnknownHostInOneLine() {
        String id = submit("http://no-such-host.invalid/v.mp4", 202);
        Client.await(id, "FAILED");

        given().get("/api/v1/jobs/" + id)
                .then()
                .body(
                        "error",
                        equalTo("http://no-such-host.invalid/v.mp4 cannot be fetched: no host has this name;"
                                + " check the address, or upload the file"));
    }

    private String submit(String source, int status) {
        return given().contentType(ContentType.JSON)
                .body("{\"source\":\"" + source + "\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(status)
                .extract()
                .path("job");
    }

    private String at(String path) {
        return "http://127.0.0.1:" + web.getAddress().getPort() + path;
    }

    private String text(String sql) throws SQLException {
        try (Connection c = database.getConnection();
                Statement s = c.createStatement();
                ResultSet r = s.executeQuery(sql)) {
            return r.next() ? String.valueOf(r.getString(1)) : "";
        }
    }
}
