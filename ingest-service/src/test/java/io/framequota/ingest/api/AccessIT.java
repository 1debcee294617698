package io.framequota.ingest.api;

import static io.framequota.ingest.testing.Keys.as;
import static io.framequota.ingest.testing.Keys.asAdmin;
import static io.framequota.ingest.testing.Keys.create;
import static io.framequota.ingest.testing.Keys.jobs;
import static io.framequota.ingest.testing.Keys.key;
import static io.framequota.ingest.testing.Keys.submit;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.containsString;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasItem;
import static org.hamcrest.Matchers.nullValue;

import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.ListRequest;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.access.Permission;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.testing.AccessProfile;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.Keys;
import io.framequota.ingest.testing.OidcIssuer;
import io.grpc.CallOptions;
import io.grpc.Channel;
import io.grpc.ClientInterceptors;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCalls;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import io.restassured.http.ContentType;
import io.restassured.response.Response;
import io.restassured.specification.RequestSpecification;
import jakarta.inject.Inject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jboss.logmanager.ExtLogRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Keys, roles and tenants on every route and method, with a real database and a real broker. */
@QuarkusTest
@TestProfile(AccessProfile.class)
class AccessIT {
    private static final String PROBLEM = "application/problem+json";
    private static final String UNKNOWN = "0123456789abcdef";

    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @Inject
    IngestConfig config;

    @TestHTTPResource
    URI server;

    private FakeWorker worker;
    private ManagedChannel channel;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        Keys.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        worker.close();
        channel.shutdownNow();
    }

    @Test
    void noRouteAnswersWithoutAKeyButThePage() {
        RoutePermissions.ROUTES.forEach((route, permission) -> {
            Response none = send(given(), route, UNKNOWN);
            Response wrong = send(as("fq_" + UNKNOWN + "_" + "0".repeat(64)), route, UNKNOWN);
            if (permission == Permission.EVERYBODY) {
                assertThat(none.statusCode()).as(route).isLessThan(300);
            } else {
                for (Response refused : List.of(none, wrong)) {
                    assertThat(refused.statusCode()).as(route).isEqualTo(401);
                    assertThat(refused.contentType()).as(route).startsWith(PROBLEM);
                    assertThat(refused.header("WWW-Authenticate")).as(route).startsWith("Bearer");
                }
            }
        });
    }

    @Test
    void whoUploadsWithoutAKeyReadsTheAnswer() throws Exception {
        try (HttpClient client = HttpClient.newHttpClient()) {
            HttpRequest large = HttpRequest.newBuilder(server.resolve("/api/v1/jobs"))
                    .header("Content-Type", "multipart/form-data; boundary=x")
                    .POST(HttpRequest.BodyPublishers.ofByteArray(new byte[64 << 20]))
                    .build();

            assertThat(client.send(large, HttpResponse.BodyHandlers.ofString()).statusCode())
                    .isEqualTo(401);
        }
    }

    @Test
    void eachRouteNeedsItsRole() {
        Map<Permission, String> keys = Map.of(
                Permission.READ, key("roles", "read"),
                Permission.SUBMIT, key("roles", "submit"),
                Permission.METRICS, key("roles", "metrics"));
        RoutePermissions.ROUTES.forEach((route, permission) -> {
            if (permission == Permission.EVERYBODY || permission == Permission.ANY_KEY) {
                return;
            }
            keys.forEach((role, key) -> {
                int status = send(as(key), route, UNKNOWN).statusCode();
                if (role == permission) {
                    assertThat(status).as(route + " with " + role).isNotIn(401, 403);
                } else {
                    assertThat(status).as(route + " with " + role).isEqualTo(403);
                }
            });
        });
        as(keys.get(Permission.READ))
                .post("/api/v1/jobs/" + UNKNOWN + "/cancel")
                .then()
                .contentType(PROBLEM)
                .body("detail", containsString("needs the role submit"));
    }

    @Test
    void noRouteShowsAnotherTenantsJob() {
        String north = key("north", "read", "submit");
        String south = key("south", "read", "submit");
        String job = submit(north, 12).then().statusCode(202).extract().path("job");
        Keys.await(job, "SUCCEEDED");

        RoutePermissions.ROUTES.keySet().stream()
                .filter(route -> route.contains(RoutePermissions.JOB))
                .forEach(route -> {
                    Response theirs = send(as(south), route, job);
                    Response nobodys = send(as(south), route, UNKNOWN);
                    assertThat(theirs.statusCode()).as(route).isEqualTo(404);
                    assertThat(theirs.asString().replace(job, UNKNOWN))
                            .as(route)
                            .isEqualTo(nobodys.asString());
                    if (route.startsWith("GET ")) {
                        assertThat(send(as(north), route, job).asString())
                                .as(route)
                                .doesNotContain("there is no job");
                        assertThat(send(asAdmin(), route, job).asString())
                                .as(route)
                                .doesNotContain("there is no job");
                    }
                });
        as(south)
                .contentType(ContentType.JSON)
                .body("{\"again\":\"" + job + "\"}")
                .post("/api/v1/jobs")
                .then()
                .statusCode(404);
        as(south).get("/api/v1/jobs?before=" + job).then().statusCode(404);
        assertThat(jobs(south)).doesNotContain(job);
        assertThat(jobs(north)).containsExactly(job);
        asAdmin()
                .get("/api/v1/jobs/" + job)
                .then()
                .body("state", equalTo("SUCCEEDED"))
                .body("tenant", equalTo("north"));
        assertThat(jobs(AccessProfile.ADMIN_KEY)).contains(job);
    }

    @Test
    void idempotencyKeysAreATenantsOwn() {
        String one = key("one", "read", "submit");
        String two = key("two", "read", "submit");

        String first = submitWith(one, "frames=3");
        String other = submitWith(two, "frames=4");

        assertThat(other).isNotEqualTo(first);
        assertThat(submitWith(one, "frames=3")).isEqualTo(first);
        assertThat(submitWith(two, "frames=4")).isEqualTo(other);
    }

    private static String submitWith(String key, String content) {
        return as(key).header("Idempotency-Key", "same")
                .multiPart("file", "v.mp4", content.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job");
    }

    @Test
    void theSchedulersAnswersNameNoJobOfAnotherTenant() {
        String key = key("east", "read", "submit");
        String own = submit(key, 1).path("job");
        String theirs = submit(key("west", "submit"), 1).path("job");
        for (String path : List.of("allocation", "workers", "decisions", "forecasts")) {
            given().body("{\"jobs\":[{\"job\":\"" + own + "\"},{\"job\":\"" + theirs + "\"}],\"explanation\":\"of "
                            + theirs + "\"}")
                    .put(config.schedulerUrl() + "/stub/api/v1/" + path);

            as(key).get("/api/v1/" + path)
                    .then()
                    .statusCode(200)
                    .body("jobs.job", equalTo(List.of(own)))
                    .body("explanation", nullValue());
            asAdmin().get("/api/v1/" + path).then().body("jobs.job", hasItem(theirs));
        }
        for (String path : List.of("policies", "policy")) {
            given().body("{\"explanation\":\"what it does\"}").put(config.schedulerUrl() + "/stub/api/v1/" + path);
            as(key).get("/api/v1/" + path).then().statusCode(200).body("explanation", equalTo("what it does"));
        }
    }

    @Test
    void aKeyIsShownOnceStoredAsAHashAndRevoked() {
        Response created = create("keys", "read", "submit");
        String text = created.path("key");
        String id = created.path("id");

        assertThat(created.statusCode()).isEqualTo(201);
        assertThat(text).startsWith("fq_" + id + "_").hasSizeGreaterThan(80);
        assertThat(created.header("Cache-Control")).isEqualTo("no-store");
        String list = asAdmin().get("/api/v1/keys").asString();
        assertThat(list).contains(id).doesNotContain(text).doesNotContain(text.substring(20));
        as(text).get("/api/v1/session")
                .then()
                .statusCode(200)
                .body("tenant", equalTo("keys"))
                .body("roles", equalTo(List.of("read", "submit")));

        asAdmin().delete("/api/v1/keys/" + id).then().statusCode(204);

        as(text).get("/api/v1/session").then().statusCode(401);
        asAdmin().delete("/api/v1/keys/" + id).then().statusCode(404).body("detail", containsString("fq key list"));
        asAdmin().delete("/api/v1/keys/admin").then().statusCode(404).body("detail", containsString("setting"));
    }

    @Test
    void aKeyThatCannotBeMadeIsExplained() {
        create("North!", "read").then().statusCode(422).body("detail", containsString("tenant is"));
        create("north", "owner").then().statusCode(422).body("detail", containsString("roles are read, submit"));
        asAdmin()
                .contentType(ContentType.JSON)
                .body("{\"roles\":[]}")
                .post("/api/v1/keys")
                .then()
                .statusCode(422);
        asAdmin()
                .contentType(ContentType.JSON)
                .body("{\"role\":\"read\"}")
                .post("/api/v1/keys")
                .then()
                .statusCode(400)
                .body("detail", containsString("unknown key"));
    }

    @Test
    void aSessionCookieStandsForItsKeyAndEndsWithIt() {
        Response created = create("page", "read");
        Response session = as(created.path("key")).post("/api/v1/session");
        String set = session.header("Set-Cookie");
        String cookie = session.cookie(AccessFilter.COOKIE);

        assertThat(set).contains("HttpOnly").contains("SameSite=Strict").doesNotContain("Path");
        assertThat(cookie).doesNotContain(created.<String>path("key"));
        given().cookie(AccessFilter.COOKIE, cookie)
                .get("/api/v1/session")
                .then()
                .statusCode(200)
                .body("tenant", equalTo("page"));
        given().cookie(AccessFilter.COOKIE, cookie)
                .post("/api/v1/session")
                .then()
                .statusCode(401);
        given().cookie(
                        AccessFilter.COOKIE,
                        cookie.replaceFirst("^[0-9a-f]", "0").replaceFirst("....$", "0000"))
                .get("/api/v1/session")
                .then()
                .statusCode(401);

        asAdmin().delete("/api/v1/keys/" + created.path("id"));
        given().cookie(AccessFilter.COOKIE, cookie)
                .get("/api/v1/session")
                .then()
                .statusCode(401);
    }

    @Test
    void pagesOfOtherSitesGetNothingEvenWithACookie() {
        String cookie =
                as(key("rebound", "read", "submit")).post("/api/v1/session").cookie(AccessFilter.COOKIE);
        for (Map<String, String> foreign : List.of(
                Map.of("Origin", "https://evil.example"),
                Map.of("Origin", "null"),
                Map.of("Sec-Fetch-Site", "cross-site"),
                Map.of("Host", "evil.example"))) {
            for (String method : List.of("GET", "POST", "OPTIONS", "DELETE")) {
                Response refused = given().cookie(AccessFilter.COOKIE, cookie)
                        .headers(foreign)
                        .header("Access-Control-Request-Method", "POST")
                        .request(method, "/api/v1/jobs");
                assertThat(refused.statusCode()).as(method + " " + foreign).isEqualTo(403);
                assertThat(refused.headers().asList())
                        .noneMatch(h -> h.getName().toLowerCase().startsWith("access-control-allow"));
            }
        }
        // A link from another site shows the page, which then has to be given a key.
        given().header("Sec-Fetch-Site", "cross-site")
                .header("Sec-Fetch-Mode", "navigate")
                .get("/")
                .then()
                .statusCode(200);
    }

    @Test
    void metricsNeedTheirRoleAndHealthNone() {
        given().get("/q/health/live").then().statusCode(200);
        given().get("/q/metrics").then().statusCode(401).contentType(PROBLEM);
        given().get("/q/../q/metrics").then().statusCode(401);
        as(key("scrape", "read", "submit")).get("/q/metrics").then().statusCode(403);
        String metrics = as(AccessProfile.METRICS_KEY)
                .get("/q/metrics")
                .then()
                .statusCode(200)
                .extract()
                .asString();
        assertThat(metrics).contains("framequota_").doesNotContain("tenant=").doesNotContain("job=\"");
        as(AccessProfile.METRICS_KEY).get("/api/v1/jobs").then().statusCode(403);
    }

    @Test
    void whatChangesSomethingIsWrittenToTheAuditLogWithoutKeys() {
        List<String> lines = new CopyOnWriteArrayList<>();
        Handler handler = new Handler() {
            @Override
            public void publish(LogRecord record) {
                lines.add(
                        record instanceof ExtLogRecord ext
                                ? ext.getFormattedMessage()
                                : String.format(record.getMessage(), record.getParameters()));
            }

            @Override
            public void flush() {}

            @Override
            public void close() {}
        };
        Logger log = Logger.getLogger("framequota.audit");
        log.addHandler(handler);
        try {
            Response created = create("audit", "read", "submit");
            String key = created.path("key");
            String job = submit(key, 1).path("job");
            as(key).delete("/api/v1/jobs/" + UNKNOWN);
            as(key).get("/api/v1/jobs/" + job);
            grpc(key, JobsGrpc.getCancelMethod(), UNKNOWN);

            String holder = " key=" + created.path("id") + " tenant=audit";
            assertThat(lines)
                    .contains(
                            "action=\"POST /api/v1/keys\" object=" + created.path("id")
                                    + " status=201 key=admin tenant=default",
                            "action=\"POST /api/v1/jobs\" object=" + job + " status=202" + holder,
                            "action=\"DELETE /api/v1/jobs/{id}\" object=" + UNKNOWN + " status=404" + holder,
                            "action=\"framequota.v1.Jobs/Cancel\" object=- status=NOT_FOUND" + holder)
                    .noneMatch(line -> line.contains("GET ") || line.contains(key));
        } finally {
            log.removeHandler(handler);
        }
    }

    @Test
    void tokensOfTheIssuerAreTakenWithTheirTenantAndRoles() {
        String issuer = config.oidcIssuer().orElseThrow();
        String claims = "{\"iss\":\"" + issuer + "\",\"aud\":\"" + OidcIssuer.AUDIENCE + "\",\"sub\":\"anna\",\"exp\":"
                + (System.currentTimeMillis() / 1000 + 600)
                + ",\"tenant\":\"annas\",\"roles\":[\"submit\",\"read\",\"x\"]}";
        String token = given().body(claims).post(issuer + "/token").asString();
        Await.until(
                "the service has the issuer's keys",
                () -> as(token).get("/api/v1/session").statusCode() == 200);

        as(token)
                .get("/api/v1/session")
                .then()
                .body("key", equalTo("oidc:anna"))
                .body("tenant", equalTo("annas"))
                .body("roles", equalTo(List.of("read", "submit")));
        String job = submit(token, 1).then().statusCode(202).extract().path("job");
        assertThat(jobs(token)).containsExactly(job);
        assertThat(jobs(key("others", "read"))).doesNotContain(job);
        as(token).get("/api/v1/keys").then().statusCode(403);
        assertThat(grpc(token, JobsGrpc.getGetMethod(), job)).isEqualTo(Status.Code.OK);
        String forged = token.substring(0, token.lastIndexOf('.') + 1)
                + OidcIssuer.sign(OidcIssuer.newKey("first"), claims).replaceAll(".*\\.", "");
        as(forged).get("/api/v1/session").then().statusCode(401);
        assertThat(grpc(forged, JobsGrpc.getGetMethod(), job)).isEqualTo(Status.Code.UNAUTHENTICATED);
    }

    @Test
    void everyMethodChecksItsCallerAndTheJobsTenant() throws Exception {
        String reader = key("grpc", "read");
        String submitter = key("grpc", "submit");
        String other = key("other", "read", "submit");
        String job = submit(submitter, 2).path("job");
        Keys.await(job, "SUCCEEDED");

        List<MethodDescriptor<?, ?>> methods =
                new ArrayList<>(JobsGrpc.getServiceDescriptor().getMethods());
        for (MethodDescriptor<?, ?> method : methods) {
            String name = method.getFullMethodName();
            if (method.getType() == MethodDescriptor.MethodType.CLIENT_STREAMING) {
                continue;
            }
            boolean reads = List.of("Get", "List", "Watch", "Detections", "LiveDetections")
                    .contains(method.getBareMethodName());
            assertThat(grpc(null, method, job)).as(name).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(grpc("wrong-key", method, job)).as(name).isEqualTo(Status.Code.UNAUTHENTICATED);
            assertThat(grpc(reads ? submitter : reader, method, job)).as(name).isEqualTo(Status.Code.PERMISSION_DENIED);
            if (request(method, job) instanceof JobRef) {
                assertThat(grpc(other, method, job)).as(name).isEqualTo(Status.Code.NOT_FOUND);
                assertThat(grpc(reads ? reader : submitter, method, job))
                        .as(name)
                        .isNotIn(Status.Code.NOT_FOUND, Status.Code.UNAUTHENTICATED);
            }
        }
        assertThat(grpcAs(other).list(ListRequest.getDefaultInstance()).getJobsList())
                .isEmpty();
        assertThat(grpcAs(reader).list(ListRequest.getDefaultInstance()).getJobsList())
                .extracting(io.framequota.contract.v1.Job::getId)
                .containsExactly(job);
        assertThatThrownBy(() -> grpcAs(other)
                        .submit(SubmitRequest.newBuilder().setAgain(job).build()))
                .hasMessageStartingWith("NOT_FOUND");
        MethodDescriptor<JobRef, JobRef> health = JobsGrpc.getGetMethod().toBuilder(
                        JobsGrpc.getGetMethod().getRequestMarshaller(),
                        JobsGrpc.getGetMethod().getRequestMarshaller())
                .setFullMethodName("grpc.health.v1.Health/Check")
                .build();
        assertThat(grpc(null, health, "")).isEqualTo(Status.Code.OK);
        assertThatThrownBy(() -> upload(null, "frames=1")).hasMessageContaining("UNAUTHENTICATED");
        assertThatThrownBy(() -> upload(reader, "frames=1")).hasMessageContaining("PERMISSION_DENIED");
        String uploaded = upload(submitter, "frames=1");
        assertThat(grpc(other, JobsGrpc.getGetMethod(), uploaded)).isEqualTo(Status.Code.NOT_FOUND);
        assertThat(grpc(reader, JobsGrpc.getGetMethod(), uploaded)).isEqualTo(Status.Code.OK);
    }

    private String upload(String key, String content) throws Exception {
        CompletableFuture<String> job = new CompletableFuture<>();
        StreamObserver<UploadRequest> out = JobsGrpc.newStub(with(key)).upload(new StreamObserver<>() {
            @Override
            public void onNext(io.framequota.contract.v1.Job answer) {
                job.complete(answer.getId());
            }

            @Override
            public void onError(Throwable t) {
                job.completeExceptionally(t);
            }

            @Override
            public void onCompleted() {
                job.completeExceptionally(new IllegalStateException("no answer"));
            }
        });
        out.onNext(UploadRequest.newBuilder()
                .setRequest(SubmitRequest.newBuilder().setSource("v.mp4"))
                .build());
        out.onNext(UploadRequest.newBuilder()
                .setData(com.google.protobuf.ByteString.copyFromUtf8(content))
                .build());
        out.onCompleted();
        try {
            return job.get(20, TimeUnit.SECONDS);
        } catch (ExecutionException e) {
            throw (Exception) e.getCause();
        }
    }

    private JobsGrpc.JobsBlockingStub grpcAs(String key) {
        return JobsGrpc.newBlockingStub(with(key));
    }

    private Channel with(String key) {
        Metadata headers = new Metadata();
        if (key != null) {
            headers.put(Metadata.Key.of("authorization", Metadata.ASCII_STRING_MARSHALLER), "Bearer " + key);
        }
        return ClientInterceptors.intercept(channel, MetadataUtils.newAttachHeadersInterceptor(headers));
    }

    /** How a call ends whose request names a job if it can. */
    private <Q, A> Status.Code grpc(String key, MethodDescriptor<Q, A> method, String job) {
        try {
            ClientCalls.blockingServerStreamingCall(
                            with(key),
                            method.toBuilder()
                                    .setType(MethodDescriptor.MethodType.SERVER_STREAMING)
                                    .build(),
                            CallOptions.DEFAULT.withDeadlineAfter(20, TimeUnit.SECONDS),
                            request(method, job))
                    .forEachRemaining(answer -> {});
            return Status.Code.OK;
        } catch (StatusRuntimeException e) {
            return e.getStatus().getCode();
        }
    }

    @SuppressWarnings("unchecked")
    private static <Q> Q request(MethodDescriptor<Q, ?> method, String job) {
        return (Q)
                switch (method.getBareMethodName()) {
                    case "Submit" ->
                        SubmitRequest.newBuilder().setSource("sample:walkers").build();
                    case "List" -> ListRequest.getDefaultInstance();
                    default -> JobRef.newBuilder().setId(job).build();
                };
    }

    /** Sends a request to a route, about a job if it is about one. */
    private static Response send(RequestSpecification request, String route, String job) {
        String method = route.substring(0, route.indexOf(' '));
        String path = route.substring(route.indexOf(' ') + 1)
                .replace("{id}", job)
                .replace("{segment}", "0.ts")
                .replace("{name:.+}", "app.js");
        if (method.equals("PUT") || method.equals("POST") && !path.startsWith("/api/v1/jobs/")) {
            request.contentType(ContentType.JSON).body("{}");
        }
        return request.request(method, path);
    }
}
