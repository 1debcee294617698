package io.framequota.ingest.api.grpc;

import static io.framequota.ingest.testing.Client.submit;
import static io.restassured.RestAssured.given;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.hamcrest.Matchers.equalTo;
import static org.hamcrest.Matchers.hasSize;

import com.sun.net.httpserver.HttpServer;
import io.agroal.api.AgroalDataSource;
import io.framequota.common.access.ControlToken;
import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkDeaths;
import io.framequota.contract.control.DecodeOrder;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.control.ForecastOutcome;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.JobFact;
import io.framequota.contract.control.JobFailure;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.JobView;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Learnt;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.testing.Await;
import io.framequota.ingest.testing.Client;
import io.framequota.ingest.testing.FakeWorker;
import io.framequota.ingest.testing.JobsProfile;
import io.framequota.ingest.testing.LocalSystem;
import io.framequota.ingest.testing.ScriptedChunkPublisher;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import jakarta.inject.Inject;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The calls of a scheduler over gRPC, on the HTTP port. The test plays the scheduler. */
@QuarkusTest
@TestProfile(JobsProfile.class)
class AuthorityIT {
    @ConfigProperty(name = "kafka.bootstrap.servers")
    String bootstrap;

    @ConfigProperty(name = "framequota.decode-jobs", defaultValue = "8")
    int decodeJobs;

    @TestHTTPResource
    URI server;

    @Inject
    ScriptedChunkPublisher publisher;

    @Inject
    AgroalDataSource database;

    private FakeWorker worker;
    private ManagedChannel channel;
    private AuthorityGrpc.AuthorityBlockingStub authority;

    @BeforeEach
    void start() {
        worker = new FakeWorker(bootstrap);
        worker.does(c -> false);
        channel = ManagedChannelBuilder.forAddress(server.getHost(), server.getPort())
                .usePlaintext()
                .build();
        authority = showing(LocalSystem.CONTROL_TOKEN);
        Client.awaitModels();
    }

    @AfterEach
    void stop() throws InterruptedException {
        worker.close();
        channel.shutdownNow();
    }

    @Test
    void aNewLeaderGetsAHigherEpochAndAllOpenJobs() {
        String id = submit(25);
        Client.await(id, "chunks", 3);
        Await.until("the source is decoded", () -> worker.facts(id).stream().anyMatch(JobFact::hasDecoded));
        Leadership first = lead(0);
        worker.send(FakeWorker.result(ready(id).getFirst(), 1, first.getEpoch()));
        Client.await(id, "chunks_committed", 1);

        Leadership second = lead(0);

        assertThat(second.getEpoch()).isGreaterThan(first.getEpoch());
        JobView before = view(first, id);
        JobView after = view(second, id);
        assertThat(before.getOpenList()).isEqualTo(ready(id));
        assertThat(after.getOpenList()).isEqualTo(ready(id).subList(1, 3));
        assertThat(after.getDecoded()).isTrue();
        assertThat(after.getChunks()).isEqualTo(3);
        assertThat(after.getCommittedFrames()).isEqualTo(10);
        assertThat(after.getExpectedFrames()).isEqualTo(25);
        assertThat(after.getAttemptsBase()).isGreaterThan(before.getAttemptsBase());
        assertThat(second.getLastArrival()).isGreaterThanOrEqualTo(after.getArrival());
        assertThat(second.getJobsList()).isSortedAccordingTo((a, b) -> Long.compare(a.getArrival(), b.getArrival()));
    }

    @Test
    void theLengthOfAWaitingJobIsProbedAndSentToEveryLeader() {
        // Each job holds a decode slot until it ends, because its second chunk does not fit.
        List<String> decoding = IntStream.range(0, decodeJobs)
                .mapToObj(i -> upload("frames=4000 of=100000000", 1))
                .toList();
        decoding.forEach(id -> Client.await(id, "chunks", 1));
        try {
            String id = upload("frames=35", 2);
            Client.await(id, "expected_frames", 18);

            given().get("/api/v1/jobs/" + id).then().body("state", equalTo("QUEUED"));
            Await.until("the length is sent", () -> worker.facts(id).stream().anyMatch(JobFact::hasProbed));
            assertThat(worker.facts(id))
                    .extracting(JobFact::getFactCase)
                    .containsExactly(JobFact.FactCase.SUBMITTED, JobFact.FactCase.PROBED);
            Probed told = worker.facts(id).getLast().getProbed();
            assertThat(told.getExpectedFrames()).isEqualTo(18);
            assertThat(told.getCodec()).isEqualTo("scripted");
            assertThat(told.getFrameTransport()).isEqualTo("pixels");
            assertThat(told.getPictureWidth()).as("a model that takes any size").isEqualTo(640);
            JobView view = view(lead(0), id);
            assertThat(view.getProbed()).isEqualTo(told);
            assertThat(view.getExpectedFrames()).isEqualTo(18);
            given().delete("/api/v1/jobs/" + id);
        } finally {
            decoding.forEach(id -> given().delete("/api/v1/jobs/" + id));
        }
    }

    @Test
    void theLeadersFirstJobsAreDecodedFirstAndTheLastOneGivesUpItsSlot() {
        List<String> decoding = IntStream.range(0, decodeJobs)
                .mapToObj(i -> upload("frames=4000 of=100000000", 1))
                .toList();
        decoding.forEach(id -> Client.await(id, "chunks", 1));
        String early = upload("frames=25", 1);
        String wanted = upload("frames=25", 1);
        try {
            Client.await(wanted, "expected_frames", 25);
            List<String> order = new ArrayList<>(List.of(wanted));
            order.addAll(decoding);
            long epoch = lead(0).getEpoch();
            assertThatThrownBy(() -> authority.decodeNext(order(epoch - 1, order)))
                    .hasMessageStartingWith("FAILED_PRECONDITION");

            authority.decodeNext(order(epoch, order));

            Client.await(wanted, "chunks", 3);
            given().get("/api/v1/jobs/" + early).then().body("chunks", equalTo(0));
            assertThat(worker.facts(wanted)).extracting(JobFact::getFactCase).contains(JobFact.FactCase.DECODING);
        } finally {
            decoding.forEach(id -> given().delete("/api/v1/jobs/" + id));
            given().delete("/api/v1/jobs/" + early);
            given().delete("/api/v1/jobs/" + wanted);
        }
    }

    private static DecodeOrder order(long epoch, List<String> jobs) {
        return DecodeOrder.newBuilder().setEpoch(epoch).addAllJobs(jobs).build();
    }

    @Test
    void anUnusableSourceFailsItsJobBeforeADecoderIsFree() {
        List<String> decoding = IntStream.range(0, decodeJobs)
                .mapToObj(i -> upload("frames=4000 of=100000000", 1))
                .toList();
        decoding.forEach(id -> Client.await(id, "chunks", 1));
        try {
            String id = upload("no video", 1);

            Client.await(id, "FAILED");
            given().get("/api/v1/jobs/" + id).then().body("error", equalTo("not a video: v.mp4"));
        } finally {
            decoding.forEach(id -> given().delete("/api/v1/jobs/" + id));
        }
    }

    private static String upload(String script, int every) {
        return given().multiPart("every", every)
                .multiPart("file", "v.mp4", script.getBytes(StandardCharsets.UTF_8))
                .post("/api/v1/jobs")
                .then()
                .statusCode(202)
                .extract()
                .path("job");
    }

    @Test
    void aLeaderThatCallsAgainKeepsItsEpochUntilAnotherLeads() {
        long epoch = lead(0).getEpoch();

        assertThat(lead(epoch).getEpoch()).isEqualTo(epoch);
        long other = lead(0).getEpoch();
        assertThat(lead(epoch).getEpoch()).isGreaterThan(other);
    }

    @Test
    void theNextLeaderGetsTheStoredPolicy() {
        PolicyChoice choice = choice(lead(0).getEpoch());
        authority.keepPolicy(choice);

        assertThat(lead(0).getPolicy())
                .isEqualTo(choice.toBuilder().clearEpoch().build());
        String id = submit(5);
        given().get("/api/v1/jobs/" + id).then().body("policy", equalTo("one-core-per-request"));
    }

    @Test
    void settingsOverrideTheStoredPolicyOncePerStart() {
        String id = submit(5);
        PolicyChoice first = lead("first", "divide-and-conquer", "dispatch").getPolicy();
        assertThat(first.getPolicy()).isEqualTo("divide-and-conquer");
        assertThat(first.getActuator()).isEqualTo("dispatch");
        given().get("/api/v1/jobs/" + id).then().body("policy", equalTo("divide-and-conquer"));

        authority.keepPolicy(choice(lead(0).getEpoch()));
        PolicyChoice again = lead("", "", "").getPolicy();
        assertThat(again.getPolicy())
                .as("a start whose settings name no policy")
                .isEqualTo("one-core-per-request");

        authority.keepPolicy(choice(lead("second", "srpt", "weight").getEpoch()));
        again = lead("second", "srpt", "weight").getPolicy();
        assertThat(again.getPolicy()).isEqualTo("one-core-per-request");
        assertThat(again.getActuator()).isEqualTo("quota");
        assertThat(again.getParametersMap()).containsEntry("spill", "true");

        PolicyChoice third = lead("third", "srpt", "").getPolicy();
        assertThat(third.getPolicy()).isEqualTo("srpt");
        assertThat(third.getParametersMap()).isEmpty();
        assertThat(third.getActuator()).isEqualTo("quota");
    }

    @Test
    void onlyTheLeaderCanStoreAPolicy() {
        PolicyChoice kept = lead(0).getPolicy();
        PolicyChoice old = choice(lead(0).getEpoch());
        lead(0);

        assertThatThrownBy(() -> authority.keepPolicy(old)).hasMessageStartingWith("FAILED_PRECONDITION");
        assertThat(lead(0).getPolicy()).isEqualTo(kept);
    }

    private static PolicyChoice choice(long epoch) {
        return PolicyChoice.newBuilder()
                .setPolicy("one-core-per-request")
                .putParameters("spill", "true")
                .setActuator("quota")
                .setEpoch(epoch)
                .build();
    }

    private Leadership lead(String start, String policy, String actuator) {
        return authority.lead(LeadRequest.newBuilder()
                .setScheduler("s")
                .setStart(start)
                .setPolicy(policy)
                .setActuator(actuator)
                .build());
    }

    @Test
    void theNextLeaderGetsModelProfilesAndAStaleLeaderCannotStoreAny() {
        long first = lead(0).getEpoch();
        Learnt cheap = learnt("people", 1.5);
        authority.keepLearnt(lessons(first, learnt("people", 9), learnt("faces", 2)));
        authority.keepLearnt(lessons(first, cheap));

        Leadership next = lead(0);

        assertThat(next.getLearntList()).containsExactly(learnt("faces", 2), cheap);
        assertThatThrownBy(() -> authority.keepLearnt(lessons(first, learnt("people", 7))))
                .hasMessageStartingWith("FAILED_PRECONDITION");
        assertThat(lead(next.getEpoch()).getLearntList()).contains(cheap);
    }

    @Test
    void aJobShowsItsFirstAndItsLatestForecast() {
        long epoch = lead(0).getEpoch();
        String id = submit(40);
        Forecast.Builder forecast = Forecast.newBuilder()
                .setJob(id)
                .setPosition(2)
                .setForecastS(12.5)
                .setP10S(11)
                .setP90S(15)
                .setPolicy("auto")
                .setFirst(true);

        authority.keepForecasts(forecasts(epoch, forecast));
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("position", equalTo(2))
                .body("forecast_s", equalTo(12.5f))
                .body("forecast_p10_s", equalTo(11f))
                .body("forecast_p90_s", equalTo(15f))
                .body("forecast_method", equalTo("simulated"));
        authority.keepForecasts(forecasts(epoch, forecast.setForecastS(20).setPosition(0)));

        given().get("/api/v1/jobs/" + id)
                .then()
                .body("position", equalTo(null))
                .body("forecast_s", equalTo(12.5f))
                .body("forecast_latest_s", equalTo(20f));
        lead(0);
        assertThatThrownBy(() -> authority.keepForecasts(forecasts(epoch, forecast)))
                .hasMessageStartingWith("FAILED_PRECONDITION");
    }

    @Test
    void storingAFirstForecastBlocksNoOtherJob() throws Exception {
        long epoch = lead(0).getEpoch();
        List<String> ids = Stream.of(submit(5), submit(5)).sorted().toList();
        ids.forEach(id -> Await.until(
                "the source is decoded", () -> worker.facts(id).stream().anyMatch(JobFact::hasDecoded)));
        Forecasts.Builder both = Forecasts.newBuilder().setEpoch(epoch);
        ids.reversed()
                .forEach(id -> both.addForecasts(Forecast.newBuilder()
                        .setJob(id)
                        .setForecastS(7)
                        .setPolicy("auto")
                        .setFirst(true)));
        try (Connection change = database.getConnection();
                Connection look = database.getConnection()) {
            change.setAutoCommit(false);
            change.createStatement().execute("select 1 from jobs where id = '" + ids.getFirst() + "' for update");
            CompletableFuture<?> kept = CompletableFuture.runAsync(() -> authority.keepForecasts(both.build()));
            Await.until("the forecasts wait for the job", () -> forecastsWait(look));

            // Changes another job, and ends the transaction that holds this one.
            change.createStatement().execute("select epoch from leadership for update nowait");
            change.createStatement().execute("select 1 from jobs where id = '" + ids.getLast() + "' for update nowait");
            change.rollback();
            change.setAutoCommit(true);
            kept.get(1, TimeUnit.MINUTES);
        }
        ids.forEach(id -> given().get("/api/v1/jobs/" + id).then().body("forecast_s", equalTo(7f)));
    }

    private static boolean forecastsWait(Connection look) {
        try (ResultSet r = look.createStatement()
                .executeQuery("select count(*) from pg_stat_activity where wait_event_type = 'Lock'"
                        + " and query like '%forecast_s is null%'")) {
            return r.next() && r.getInt(1) == 1;
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void forecastsOfAStaleLeaderAreRejected() {
        long epoch = lead(0).getEpoch();
        String id = submit(5);
        lead(0);

        assertThatThrownBy(() -> authority.keepForecasts(forecasts(epoch, first(id, "auto", 12))))
                .hasMessageStartingWith("FAILED_PRECONDITION");
        given().get("/api/v1/jobs/" + id).then().body("forecast_s", equalTo(null));
    }

    @Test
    void aRedrivenJobIsForecastAgainAndIsNoOutcome() {
        long epoch = lead(0).getEpoch();
        String policy = given().get("/api/v1/jobs/" + submit(5)).path("policy");
        String plain = submit(5);
        String redriven = submit(5);
        List.of(plain, redriven)
                .forEach(id -> Await.until(
                        "the source is decoded", () -> worker.facts(id).stream().anyMatch(JobFact::hasDecoded)));
        authority.keepForecasts(forecasts(epoch, first(plain, policy, 1234.5)));
        authority.keepForecasts(forecasts(epoch, first(redriven, policy, 2345.5)));
        worker.send(FakeWorker.result(ready(plain).getFirst(), 1, epoch));
        fail(redriven, epoch);
        worker.does(c -> c.getJob().equals(redriven));
        given().post("/api/v1/jobs/" + redriven + "/redrive").then().statusCode(202);
        given().get("/api/v1/jobs/" + redriven).then().body("forecast_s", equalTo(null));

        authority.keepForecasts(forecasts(epoch, first(redriven, policy, 3456.5)));

        Client.await(plain, "SUCCEEDED");
        Client.await(redriven, "SUCCEEDED");
        given().get("/api/v1/jobs/" + redriven).then().body("forecast_s", equalTo(3456.5f));
        assertThat(lead(0).getOutcomesList())
                .extracting(ForecastOutcome::getForecastS)
                .contains(1234.5)
                .doesNotContain(2345.5, 3456.5);
    }

    private static Forecast.Builder first(String id, String policy, double seconds) {
        return Forecast.newBuilder()
                .setJob(id)
                .setForecastS(seconds)
                .setPolicy(policy)
                .setFirst(true);
    }

    private static Forecasts forecasts(long epoch, Forecast.Builder forecast) {
        return Forecasts.newBuilder().setEpoch(epoch).addForecasts(forecast).build();
    }

    private static Lessons lessons(long epoch, Learnt... learnt) {
        return Lessons.newBuilder()
                .setEpoch(epoch)
                .addAllLearnt(List.of(learnt))
                .build();
    }

    private static Learnt learnt(String model, double coreSeconds) {
        return Learnt.newBuilder()
                .setModel(model)
                .setCoreSeconds(coreSeconds)
                .setFrames(64)
                .addWidths(Learnt.Width.newBuilder().setSeconds(20).setGiven(40).setUsed(25))
                .build();
    }

    @Test
    void aRedriveRunsOnlyTheMissingChunks() {
        long epoch = lead(0).getEpoch();
        String id = submit(40);
        Await.until("the source is decoded", () -> worker.facts(id).stream().anyMatch(JobFact::hasDecoded));
        List<Chunk> chunks = ready(id);
        worker.send(FakeWorker.result(chunks.get(0), 1, epoch));
        worker.send(FakeWorker.result(chunks.get(2), 1, epoch));
        Client.await(id, "chunks_committed", 2);

        assertThat(fail(id, epoch)).isEqualTo(JobState.FAILED);
        given().get("/api/v1/jobs/" + id)
                .then()
                .body("state", equalTo("FAILED"))
                .body("error", equalTo("chunk 1 failed 3 times: no memory"));
        worker.does(c -> c.getJob().equals(id));
        given().post("/api/v1/jobs/" + id + "/redrive").then().statusCode(202);
        Client.await(id, "SUCCEEDED");

        ChunkingRequest again = publisher.requests(id).getLast();
        assertThat(again.skip()).containsExactlyInAnyOrder(0, 2);
        assertThat(again.resume()).isNotNull();
        assertThat(again.resume().nextChunk()).isEqualTo(1);
        assertThat(again.resume().anchorFrame()).isEqualTo(10);
        given().get("/api/v1/jobs/" + id).then().body("frames", equalTo(40)).body("chunks_committed", equalTo(4));
        List<JobView> told = worker.facts(id).stream()
                .filter(JobFact::hasSubmitted)
                .map(JobFact::getSubmitted)
                .toList();
        assertThat(told.getLast().getAttemptsBase())
                .isGreaterThan(told.getFirst().getAttemptsBase());
        assertThat(told.getLast().getDroppedList()).containsExactly(1, 3);
        assertThat(fail(id, epoch)).isEqualTo(JobState.SUCCEEDED);
    }

    @Test
    void theNextLeaderIsToldTheDeathsOfWorkersAndARedriveForgetsThem() {
        long old = lead(0).getEpoch();
        String id = submit(25);
        Await.until("the source is decoded", () -> worker.facts(id).stream().anyMatch(JobFact::hasDecoded));
        died(old, id, 1, 1);
        died(old, id, 1, 2);
        died(old, id, 7, 1);

        Leadership next = lead(0);
        assertThat(view(next, id).getOpenList()).extracting(Chunk::getDeaths).containsExactly(0, 2, 0);
        assertThatThrownBy(() -> died(old, id, 1, 3)).hasMessageStartingWith("FAILED_PRECONDITION");
        worker.send(FakeWorker.result(ready(id).get(1), 1, next.getEpoch()));
        Client.await(id, "chunks_committed", 1);

        assertThat(fail(id, next.getEpoch())).isEqualTo(JobState.FAILED);
        given().post("/api/v1/jobs/" + id + "/redrive").then().statusCode(202);
        Await.until("the chunks are written again", () -> view(lead(0), id).getOpenCount() == 2);
        assertThat(view(lead(0), id).getOpenList()).extracting(Chunk::getDeaths).containsExactly(0, 0);
    }

    private void died(long epoch, String id, int chunk, int deaths) {
        authority.keepDeaths(ChunkDeaths.newBuilder()
                .setEpoch(epoch)
                .setJob(id)
                .setChunk(chunk)
                .setDeaths(deaths)
                .build());
    }

    @Test
    void onlyTheLeaderCanFailAJob() {
        long old = lead(0).getEpoch();
        String id = submit(10);
        lead(0);

        assertThatThrownBy(() -> fail(id, old)).hasMessageStartingWith("FAILED_PRECONDITION");
        assertThatThrownBy(() -> fail("nobody", old + 1)).hasMessageStartingWith("NOT_FOUND");
        given().get("/api/v1/jobs/" + id).then().body("state", org.hamcrest.Matchers.not("FAILED"));
    }

    @Test
    void requestsGoToTheAddressThatTheLeaderNamed() throws IOException {
        HttpServer leader = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        leader.createContext("/api/v1/policies", exchange -> {
            exchange.getResponseHeaders().add("Content-Type", "application/json");
            exchange.sendResponseHeaders(200, 2);
            exchange.getResponseBody().write("[]".getBytes(StandardCharsets.US_ASCII));
            exchange.close();
        });
        leader.start();
        try {
            authority.lead(LeadRequest.newBuilder()
                    .setScheduler("s")
                    .setAddress("http://127.0.0.1:" + leader.getAddress().getPort())
                    .build());

            given().get("/api/v1/policies").then().statusCode(200).body("", hasSize(0));
        } finally {
            leader.stop(0);
        }
        lead(0);
        given().get("/api/v1/policies").then().statusCode(200).body("path", equalTo("/api/v1/policies"));
    }

    @Test
    void callsWithoutTheTokenAreRejected() throws IOException {
        HttpServer mine = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        AtomicInteger asked = new AtomicInteger();
        mine.createContext("/", exchange -> {
            asked.incrementAndGet();
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        mine.start();
        try {
            long epoch = lead(0).getEpoch();
            String id = submit(5);
            authority.keepPolicy(PolicyChoice.newBuilder()
                    .setPolicy("divide-and-conquer")
                    .setEpoch(epoch)
                    .build());
            LeadRequest takeOver = LeadRequest.newBuilder()
                    .setScheduler("stranger")
                    .setAddress("http://127.0.0.1:" + mine.getAddress().getPort())
                    .build();
            JobFailure end = JobFailure.newBuilder().setEpoch(epoch).setJob(id).build();
            PolicyChoice other = choice(epoch);

            for (AuthorityGrpc.AuthorityBlockingStub stranger :
                    List.of(AuthorityGrpc.newBlockingStub(channel), showing("a-token-that-was-guessed"))) {
                assertThatThrownBy(() -> stranger.lead(takeOver)).hasMessageStartingWith("UNAUTHENTICATED");
                assertThatThrownBy(() -> stranger.keepPolicy(other)).hasMessageStartingWith("UNAUTHENTICATED");
                assertThatThrownBy(() -> stranger.failJob(end)).hasMessageStartingWith("UNAUTHENTICATED");
            }

            assertThat(lead(epoch).getEpoch()).as("the leader stays").isEqualTo(epoch);
            assertThat(lead(epoch).getPolicy().getPolicy()).isEqualTo("divide-and-conquer");
            given().get("/api/v1/jobs/" + id).then().body("state", org.hamcrest.Matchers.not("FAILED"));
            given().get("/api/v1/policies").then().body("path", equalTo("/api/v1/policies"));
            assertThat(asked)
                    .as("requests to the address of a caller without the token")
                    .hasValue(0);
        } finally {
            mine.stop(0);
        }
    }

    private AuthorityGrpc.AuthorityBlockingStub showing(String token) {
        return AuthorityGrpc.newBlockingStub(channel)
                .withInterceptors(ControlToken.of(token).interceptor());
    }

    private Leadership lead(long epoch) {
        return authority.lead(
                LeadRequest.newBuilder().setScheduler("s").setEpoch(epoch).build());
    }

    private JobState fail(String id, long epoch) {
        return authority
                .failJob(JobFailure.newBuilder()
                        .setEpoch(epoch)
                        .setJob(id)
                        .setCause("chunk 1 failed 3 times: no memory")
                        .build())
                .getState();
    }

    private static JobView view(Leadership leadership, String id) {
        return leadership.getJobsList().stream()
                .filter(j -> j.getId().equals(id))
                .findFirst()
                .orElseThrow();
    }

    private List<Chunk> ready(String id) {
        return worker.facts(id).stream()
                .filter(JobFact::hasChunkReady)
                .map(JobFact::getChunkReady)
                .toList();
    }
}
