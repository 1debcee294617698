package io.framequota.scheduler.controller;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.contract.control.Grant;
import io.framequota.contract.control.LiveGrant;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.topic.Topics;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.scheduler.policy.Policies;
import io.framequota.scheduler.policy.PolicyDefinition;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged scheduler on a real broker, with a stand-in for the authority and scripted workers. */
class SchedulerIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static LocalBroker broker;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeAuthority authority;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = LocalBroker.start(folder.resolve("kafka"), freePort(), freePort());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startAuthority() throws IOException {
        authority = open(new FakeAuthority(broker.bootstrap()));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void decodeOrderIsPublishedAndTheReplayRepeatsTheDecisions() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of("FRAMEQUOTA_POLICY", "srpt"));
        authority.submit("long");
        authority.submit("short");
        authority.submit("unknown");
        authority.probed("long", 800);
        authority.probed("short", 80);
        await("the order is told", () -> authority.wanted().equals(List.of("short", "long", "unknown")));
        // 880 frames, and an average job of unknown length, at what a frame is taken to cost while none was measured.
        await(
                "jobs of which nothing is decoded count",
                () -> scheduler
                        .get("/q/metrics")
                        .body()
                        .lines()
                        .filter(line -> line.startsWith("framequota_backlog_core_seconds "))
                        .anyMatch(line -> Double.parseDouble(line.substring(line.indexOf(' '))) > 60));

        authority.goAway();
        authority.probed("long", 40);
        authority.comeBack();

        await("it is told again", () -> authority.wanted().equals(List.of("long", "short", "unknown")));
        authority.chunk("short", 0, true);
        authority.decoded("short");
        await("it ends", () -> authority.ended("short"));
        JsonNode replay = scheduler.json("/api/v1/decisions/replay");
        assertThat(replay.path("difference").isNull()).as(replay.toString()).isTrue();
        assertThat(replay.path("same").asBoolean()).isTrue();
        assertThat(replay.path("grants").asInt()).isEqualTo(1);
    }

    @Test
    void grantsEveryChunkOnceAndReportsItsDecisions() throws Exception {
        ScriptedWorker first = worker("worker-0", 5);
        ScriptedWorker second = worker("worker-1", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());

        authority.submit("a", 10);
        authority.submit("b", 10);
        await("both jobs end", () -> authority.ended("a") && authority.ended("b"));

        assertThat(first.epochSeen).isEqualTo(1);
        List<Grant> grants = new ArrayList<>(first.granted);
        grants.addAll(second.granted);
        assertThat(authority.committed("a")).isEqualTo(10);
        assertThat(first.granted).isNotEmpty();
        assertThat(second.granted).isNotEmpty();
        JsonNode decisions = scheduler.json("/api/v1/decisions");
        assertThat(decisions.path("decisions").size()).isEqualTo(grants.size());
        assertThat(decisions.path("decisions").path(0).path("sequence").asLong())
                .isEqualTo(1);
        assertThat(decisions.path("first_frame").path("idle").path("count").asInt())
                .isPositive();
        await(
                "the scheduler has heard the end",
                () -> scheduler.json("/api/v1/allocation").path("jobs").isEmpty());
        JsonNode allocation = scheduler.json("/api/v1/allocation");
        assertThat(allocation.path("epoch").asLong()).isEqualTo(1);
        assertThat(allocation.path("policy").asText()).isEqualTo("auto");
        assertThat(allocation.path("actuator").asText()).isEqualTo("dispatch");
        assertThat(allocation.path("budget").asDouble()).isEqualTo(2000);
        assertThat(scheduler.json("/api/v1/workers").size()).isEqualTo(2);
        assertThat(scheduler.get("/q/metrics").body())
                .contains("framequota_scheduler_first_frame_seconds")
                .contains("framequota_scheduler_kept{what=\"decisions\"} " + grants.size() + ".0")
                .contains("framequota_scheduler_kept{what=\"ended-jobs\"} 2.0");
        await(
                "both jobs are replayed",
                () -> scheduler
                                .json("/api/v1/policies/shadow?hours=2")
                                .path("jobs")
                                .asInt()
                        == 2);
        JsonNode shadow = scheduler.json("/api/v1/policies/shadow?hours=2");
        assertThat(shadow.path("cores").asInt()).isEqualTo(2);
        assertThat(shadow.path("live").path("policy").asText()).isEqualTo("auto");
        assertThat(shadow.path("live").path("measured_mean_s").asDouble()).isPositive();
        assertThat(shadow.path("policies").findValuesAsText("policy"))
                .contains("auto", "divide-and-conquer", "one-request-at-a-time");
        assertThat(shadow.path("policies").path(0).path("p99_s").asDouble()).isPositive();
        assertThat(shadow.path("sentence").asText()).contains("in the last 2 hours");
        HttpResponse<String> tooFar = scheduler.get("/api/v1/policies/shadow?hours=25");
        assertThat(tooFar.statusCode()).isEqualTo(400);
        assertThat(tooFar.body()).contains("allowed: a number above 0, at most 24");
    }

    @Test
    void unreadableRecordsAreSetAsideAndSchedulingContinues() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());
        try (KafkaProducer<byte[], byte[]> producer = new KafkaProducer<>(
                Map.of("bootstrap.servers", broker.bootstrap()),
                new ByteArraySerializer(),
                new ByteArraySerializer())) {
            for (String topic : List.of(Topics.JOBS, Topics.WORKERS)) {
                producer.send(new ProducerRecord<>(topic, null, null));
                producer.send(new ProducerRecord<>(topic, null, "nonsense".getBytes(StandardCharsets.UTF_8)));
            }
        }

        authority.submit("a", 5);
        await("the job ends", () -> authority.ended("a"));

        assertThat(scheduler.get("/q/metrics").body())
                .contains("framequota_records_set_aside_total{topic=\"fq.jobs\"} 2.0")
                .contains("framequota_records_set_aside_total{topic=\"fq.workers\"} 2.0");
        assertThat(scheduler.log())
                .containsPattern("The record at offset [0-9]+ of partition 0 of fq.jobs is set aside");
    }

    @Test
    void requestsOfOtherSitesAndReboundNamesAreRefused() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler =
                readyScheduler(Map.of("FRAMEQUOTA_ALLOWED_HOSTS", "fq-scheduler,fq-scheduler.ns.svc"));

        for (String path : List.of("/api/v1/policies", "/q/health/live", "/q/metrics")) {
            assertThat(scheduler.statusOf(path, "Host: rebound.example\r\n")).isEqualTo("403");
            assertThat(scheduler.statusOf(path, "Host: localhost\r\nOrigin: http://evil.example\r\n"))
                    .isEqualTo("403");
            assertThat(scheduler.statusOf(path, "Host: fq-scheduler.ns.svc:8082\r\n"))
                    .isEqualTo("200");
            // As a probe of Kubernetes and Prometheus call a pod.
            assertThat(scheduler.statusOf(path, "Host: 10.1.2.3:8082\r\n")).isEqualTo("200");
        }
    }

    @Test
    void noErrorNamesAClassAPathOrAStackTrace() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());
        List<HttpResponse<String>> answers = new ArrayList<>();
        for (String path : List.of(
                "/",
                "/nothing",
                "/q/nothing",
                "/api/v1/nothing",
                "/api/v1/policies/shadow?hours=x",
                "/api/v1/policies/x")) {
            answers.add(scheduler.get(path));
            answers.add(scheduler.put(path, "x"));
        }
        for (String body : List.of(
                "",
                "{",
                "[]",
                "1",
                "{\"policy\":1}",
                "{\"policy\":\"none\"}",
                "{\"policy\":\"auto\",\"actuator\":\"x\"}",
                "{\"policy\":\"auto\",\"parameters\":[]}",
                "{\"policy\":\"auto\",\"parameters\":{\"x\":\"y\"}}",
                "[".repeat(2000))) {
            answers.add(scheduler.put("/api/v1/policy", body));
        }

        for (HttpResponse<String> answer : answers) {
            assertThat(answer.statusCode()).as(answer.uri() + answer.body()).isBetween(400, 499);
            assertThat(answer.body())
                    .doesNotContainPattern(
                            "\\b(?:java|jakarta|io|com|org)\\.[a-z]+\\.|\\w(?:Exception|Error)\\b|\\bat [\\w.$]+\\(")
                    .doesNotContainPattern("/(?:tmp|home|root|usr|opt|data|work|var)/");
        }
    }

    @Test
    void aSchedulerKilledInTheMiddleLosesNothingAndOldResultsAreRefused() throws Exception {
        ScriptedWorker worker = worker("worker-0", 20);
        SchedulerProcess before = readyScheduler(Map.of());
        authority.submit("a", 30);
        await("some chunks are committed", () -> authority.committed("a") >= 5);

        before.kill();
        int committedBefore = authority.committed("a");
        readyScheduler(Map.of());
        await("the job ends", () -> authority.ended("a"));

        assertThat(worker.epochSeen).isEqualTo(2);
        Map<Integer, Long> epochs = authority.committedBy("a");
        assertThat(epochs.keySet())
                .containsExactlyInAnyOrderElementsOf(
                        IntStream.range(0, 30).boxed().toList());
        assertThat(epochs.values()).contains(1L, 2L);
        assertThat(committedBefore).isLessThan(30);
    }

    @Test
    void aVanishedWorkersChunksAreGrantedAgainFromTheSameOffsets() throws Exception {
        ScriptedWorker dying = worker("worker-0", 5);
        dying.holding = true;
        readyScheduler(Map.of());
        authority.submit("a", 2);
        await("it holds both chunks", () -> dying.granted.size() == 2);

        dying.die();
        ScriptedWorker other = worker("worker-1", 5);
        await("the job ends", () -> authority.ended("a"));

        assertThat(other.granted).hasSize(2);
        for (Grant lost : dying.granted) {
            assertThat(other.granted).anySatisfy(again -> {
                assertThat(again.getChunk()).isEqualTo(lost.getChunk());
                assertThat(again.getAttempt()).isGreaterThan(lost.getAttempt());
            });
        }
    }

    @Test
    void policySelectedAtRuntimeIsStoredAndRevokesWaitingGrants() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        worker.holding = true;
        // Both are there when the scheduler begins: what waits does not depend on which of them it hears of first.
        authority.submit("a", 5);
        authority.submit("b", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of("FRAMEQUOTA_POLICY", "divide-and-conquer"));
        await("one runs, one waits", () -> worker.granted.size() == 2);
        Grant waiting = worker.granted.get(1);
        assertThat(waiting.getChunk().getJob()).isEqualTo("b");

        HttpResponse<String> answer = scheduler.put("/api/v1/policy", "{\"policy\":\"one-at-a-time\"}");

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("one-request-at-a-time");
        assertThat(authority.kept().getPolicy()).isEqualTo("one-request-at-a-time");
        assertThat(scheduler.json("/api/v1/policy").path("policy").asText()).isEqualTo("one-request-at-a-time");
        await("a's chunk waits instead", () -> worker.granted.size() == 3);
        assertThat(worker.revoked).hasSize(1);
        assertThat(worker.granted.get(2).getChunk().getJob()).isEqualTo("a");
        worker.holding = false;
        await("both end", () -> authority.ended("a") && authority.ended("b"));
        scheduler.kill();
        assertThat(readyScheduler(Map.of())
                        .json("/api/v1/allocation")
                        .path("policy")
                        .asText())
                .as("the next leader's policy")
                .isEqualTo("one-request-at-a-time");
    }

    @Test
    void nextLeaderKnowsTheCostOfAFrame() throws Exception {
        worker("worker-0", 80);
        SchedulerProcess before = readyScheduler(Map.of());
        authority.submit("a", 5);
        await("the job ends", () -> authority.ended("a"));
        await("what was measured is kept", () -> !authority.learnt().isEmpty());

        before.kill();
        double measured = authority.learnt().getFirst().getCoreSeconds()
                / authority.learnt().getFirst().getFrames();
        assertThat(measured).as("8 frames in 80 ms or more").isGreaterThanOrEqualTo(0.01);
        JsonNode models = readyScheduler(Map.of()).json("/api/v1/allocation").path("models");

        assertThat(models.size()).isEqualTo(1);
        assertThat(models.path(0).path("model").asText()).isEqualTo(ScriptedWorker.MODEL);
        assertThat(models.path(0).path("core_seconds_per_frame").asDouble())
                .isCloseTo(measured, within(measured / 1000));
        assertThat(models.path(0).path("busy_cores").isNull()).isTrue();
    }

    @Test
    void selectionSurvivesACrashAndSettingsApplyOncePerStart() throws Exception {
        worker("worker-0", 5);
        Map<String, String> settings =
                Map.of("FRAMEQUOTA_START", "first", "FRAMEQUOTA_POLICY", "srpt", "FRAMEQUOTA_ACTUATOR", "dispatch");
        SchedulerProcess first = readyScheduler(settings);
        assertThat(policy(first)).isEqualTo("srpt");
        HttpResponse<String> answer = first.put("/api/v1/policy", "{\"policy\":\"las\",\"actuator\":\"quota\"}");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(authority.kept().getActuator()).isEqualTo("quota");
        first.kill();

        SchedulerProcess again = readyScheduler(settings);
        assertThat(policy(again)).isEqualTo("las");
        await(
                "it wants quotas, which nothing here can give",
                () -> again.json("/api/v1/allocation").path("notice").asText().startsWith("quota cannot be used"));
        again.kill();

        SchedulerProcess next = readyScheduler(
                Map.of("FRAMEQUOTA_START", "second", "FRAMEQUOTA_POLICY", "srpt", "FRAMEQUOTA_ACTUATOR", "dispatch"));
        assertThat(policy(next)).isEqualTo("srpt");
        assertThat(next.json("/api/v1/allocation").path("notice").isNull()).isTrue();
    }

    @Test
    void replacedSchedulerStoresNoPolicy() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());
        authority.newerLeader();

        HttpResponse<String> answer = scheduler.put("/api/v1/policy", "{\"policy\":\"las\"}");

        assertThat(answer.statusCode()).isEqualTo(503);
        assertThat(answer.body()).contains("this scheduler does not lead any more");
        assertThat(authority.kept().getPolicy()).isEmpty();
    }

    @Test
    void standbyAnswersNeitherForecastsNorDecisions() throws Exception {
        List<String> paths =
                List.of("/api/v1/forecasts", "/api/v1/policies/accuracy", "/api/v1/decisions/replay", "/api/v1/policy");
        authority.goAway();
        SchedulerProcess scheduler = scheduler(Map.of());
        await("it answers", scheduler::live);
        for (String path : paths) {
            HttpResponse<String> answer = scheduler.get(path);
            assertThat(answer.statusCode()).as(path).isEqualTo(503);
            assertThat(answer.body()).as(path).contains("does not lead");
        }

        authority.comeBack();
        await("it leads", () -> scheduler.get("/api/v1/forecasts").statusCode() == 200);
        for (String path : paths) {
            assertThat(scheduler.get(path).statusCode()).as(path).isEqualTo(200);
        }
    }

    private static String policy(SchedulerProcess scheduler) throws Exception {
        return scheduler.json("/api/v1/policy").path("policy").asText();
    }

    @Test
    void invalidPolicyIsRefusedInOneLineWithTheAllowedNames() throws Exception {
        worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());

        for (Map.Entry<String, String> bad : Map.of(
                        "{\"policy\":\"lottery\"}", "divide-and-conquer",
                        "{\"policy\":\"hesrpt\"}", "yardstick",
                        "{\"policy\":\"one-at-a-time\",\"parameters\":{\"order\":\"random\"}}", "shortest-first",
                        "{\"policy\":\"fair-split\",\"actuator\":\"lottery\"}", "allowed: dispatch, quota, weight",
                        "{\"polizy\":\"fair-split\"}", "names no policy",
                        "not json", "is not JSON")
                .entrySet()) {
            HttpResponse<String> answer = scheduler.put("/api/v1/policy", bad.getKey());

            assertThat(answer.statusCode()).as(bad.getKey()).isEqualTo(400);
            assertThat(answer.headers().firstValue("content-type").orElse("")).contains("application/problem+json");
            assertThat(answer.body()).contains("\"detail\"", bad.getValue()).doesNotContain("\\n");
        }
        assertThat(authority.kept().getPolicy()).isEmpty();
        JsonNode policies = scheduler.json("/api/v1/policies");
        List<String> names = new ArrayList<>();
        policies.forEach(p -> names.add(p.path("name").asText()));
        assertThat(names)
                .isEqualTo(Policies.installed().serving().stream()
                        .map(PolicyDefinition::name)
                        .toList());
        assertThat(policies.findValuesAsText("live")).containsOnlyOnce("true").contains("false");
    }

    @Test
    void offersThePolicyOfAPluginAndReportsABrokenJar() throws Exception {
        Path plugins = Files.createDirectory(folder.resolve("plugins"));
        PluginJar.compile(plugins, "example.LastFirst", """
                package example;
                import io.framequota.scheduler.policy.*;
                import java.util.List;
                public final class LastFirst implements Policy, PolicyProvider {
                    public List<PolicyDefinition> policies() {
                        return List.of(new PolicyDefinition("last-first", "The last request first.", LastFirst::new));
                    }
                    public Allocation allocate(Snapshot snapshot) {
                        double[] millicores = new double[snapshot.jobs().size()];
                        int[] order = JobOrders.smallestFirst(snapshot, job -> 1.0 / (1 + job.arrival()));
                        WaterFilling.inOrder(snapshot, order, millicores);
                        return new Allocation(order, millicores, ExecutionMode.SLICED, true);
                    }
                }
                """);
        Files.writeString(plugins.resolve("broken.jar"), "not a jar");
        worker("worker-0", 5);

        SchedulerProcess scheduler = readyScheduler(Map.of("FRAMEQUOTA_PLUGINS", plugins.toString()));

        assertThat(scheduler.json("/api/v1/policies").findValuesAsText("name")).contains("last-first");
        assertThat(scheduler
                        .put("/api/v1/policy", "{\"policy\":\"last-first\"}")
                        .statusCode())
                .isEqualTo(200);
        authority.submit("a");
        authority.chunk("a", 0, true);
        await("a chunk runs under the plug-in's policy", () -> authority.committed("a") == 1);
        assertThat(scheduler.log()).contains("plug-in broken.jar is skipped: it cannot be read as a jar");
    }

    @Test
    void factsMissedDuringAnOutageOfTheAuthorityAreReadUnderTheSameEpoch() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        readyScheduler(Map.of());
        authority.submit("a");
        authority.chunk("a", 0, true);
        await("the first chunk is committed", () -> authority.committed("a") == 1);

        authority.goAway();
        authority.chunk("a", 1, false);
        authority.comeBack();
        await("the chunk that nobody spoke of is committed", () -> authority.committed("a") == 2);

        assertThat(authority.epoch()).isEqualTo(1);
        assertThat(worker.epochSeen).isEqualTo(1);
        assertThat(authority.leads().getLast().getEpoch()).isEqualTo(1);
    }

    @Test
    @Tag("long")
    void lostResultIsComputedAgainUnderTheSameEpoch() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        worker.loses = g -> g.getChunk().getIndex() == 1 && g.getAttempt() == 1;
        readyScheduler(Map.of());

        authority.submit("a", 3);
        await("both others are committed", () -> authority.committed("a") == 2);
        await("the job ends", () -> authority.ended("a"));

        assertThat(worker.granted)
                .filteredOn(g -> g.getChunk().getIndex() == 1)
                .extracting(Grant::getAttempt)
                .containsExactly(1, 2);
        assertThat(worker.granted).hasSize(4);
        assertThat(authority.epoch()).isEqualTo(1);
        assertThat(authority.leads()).as("it asked after 15 s and after 30 s").hasSize(3);
    }

    @Test
    void jobWithoutAWorkerForItsModelFailsAndDelaysNoOther() throws Exception {
        worker("worker-0", 5);
        readyScheduler(Map.of("FRAMEQUOTA_POLICY", "one-core-per-request", "FRAMEQUOTA_MODEL_WAIT", "2s"));

        authority.submit("gone", "yesterdays-model");
        authority.chunk("gone", 0, true);
        authority.submit("fine", 3);
        await("the other one ends", () -> authority.ended("fine"));
        await("it fails", () -> authority.ended("gone"));

        assertThat(authority.failure("gone")).startsWith("no worker has the model yesterdays-model (for 2 s)");
    }

    @Test
    void aNewerLeaderMakesItStepDownAndLeadAgain() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());

        worker.epochSeen = authority.newerLeader();
        await("it asked for leadership again", () -> authority.leads().size() >= 2);

        authority.submit("a", 3);
        await("the job ends", () -> authority.ended("a"));
        assertThat(worker.epochSeen).isEqualTo(authority.epoch()).isGreaterThan(2);
        assertThat(scheduler.log()).contains("is another scheduler running?");
    }

    @Test
    void aChunkThatFailsThreeTimesEndsItsJobAndNoOther() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        worker.fails = g -> g.getChunk().getJob().equals("bad");
        readyScheduler(Map.of());

        authority.submit("bad", 1);
        authority.submit("good", 3);
        await("both end", () -> authority.ended("bad") && authority.ended("good"));

        assertThat(authority.failure("bad")).contains("chunk 0", "failed 3 times", "scripted");
        assertThat(authority.failure("good")).isEmpty();
        assertThat(authority.committed("good")).isEqualTo(3);
    }

    @Test
    void budgetLimitsTheNumberOfRunningWorkers() throws Exception {
        ScriptedWorker first = worker("worker-0", 5);
        ScriptedWorker second = worker("worker-1", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of("FRAMEQUOTA_BUDGET", "1000"));
        await("both workers are known", () -> scheduler.json("/api/v1/workers").size() == 2);

        authority.submit("a", 6);
        await("the job ends", () -> authority.ended("a"));

        assertThat(first.granted.size() + second.granted.size()).isEqualTo(6);
        assertThat(List.of(first.granted.size(), second.granted.size())).contains(0);
        assertThat(scheduler.json("/api/v1/allocation").path("budget").asDouble())
                .isEqualTo(1000);
    }

    @Test
    void invalidPolicyInTheEnvironmentEndsTheProcessWithCodeTwo() throws Exception {
        SchedulerProcess scheduler = scheduler(Map.of("FRAMEQUOTA_POLICY", "lottery"));

        assertThat(scheduler.exitCode()).isEqualTo(2);
        assertThat(scheduler.log())
                .contains("FRAMEQUOTA_POLICY: no policy 'lottery'; there are one-core-per-request")
                .doesNotContain("\tat ");
    }

    @Test
    void wrongTokenPreventsLeadershipAndIsLoggedOnce() throws Exception {
        SchedulerProcess scheduler = scheduler(Map.of("FRAMEQUOTA_CONTROL_TOKEN", "not-the-authoritys-token"));

        await("it was refused and asked again", () -> authority.refused() >= 3);

        assertThat(authority.leads()).isEmpty();
        assertThat(scheduler.ready()).isFalse();
        assertThat(scheduler.log())
                .containsOnlyOnce("refused: UNAUTHENTICATED")
                .doesNotContain("not-the-authoritys-token");
    }

    @Test
    void missingTokenPreventsTheStart() throws Exception {
        SchedulerProcess scheduler = scheduler(Map.of("FRAMEQUOTA_CONTROL_TOKEN", ""));

        assertThat(scheduler.exitCode()).isEqualTo(2);
        assertThat(scheduler.log()).contains("set FRAMEQUOTA_CONTROL_TOKEN to").doesNotContain("\tat ");
        assertThat(authority.leads()).isEmpty();
    }

    @Test
    void aStreamIsReservedGrantedMeasuredMovedAndTakenOver() throws Exception {
        ScriptedWorker first = worker("worker-0", 5);
        ScriptedWorker second = worker("worker-1", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());
        await("both workers are known", () -> scheduler.json("/api/v1/workers").size() == 2);
        authority.submitLive("camera");
        await(
                "it waits for its stream",
                () -> "closed".equals(stream(scheduler).path("state").asText()));
        assertThat(stream(scheduler).path("needed_millicores").isNull()).isTrue();

        LiveStream opened = LiveStream.newBuilder()
                .setFps(10)
                .setEvery(1)
                .setWidth(640)
                .setHeight(360)
                .setCodec("h264")
                .setPictureWidth(640)
                .setPictureHeight(360)
                .setPartition(3)
                .setAnnotate(true)
                .setSession(1)
                .setFirstOffset(77)
                .build();
        authority.openLive("camera", opened);

        await("a worker has it", () -> first.streams.size() + second.streams.size() == 1);
        ScriptedWorker has = first.streams.isEmpty() ? second : first;
        ScriptedWorker other = has == first ? second : first;
        LiveGrant grant = has.streams.get("camera");
        assertThat(grant.getStream()).isEqualTo(opened);
        assertThat(grant.getModel()).isEqualTo(ScriptedWorker.MODEL);
        // Nothing was measured: 10 frames/s of 50 ms are assumed, and a tenth.
        assertThat(grant.getMillicores()).isEqualTo(550);
        // Its heartbeats say 20 ms: 10 frames/s x 20 ms and a tenth.
        await("it is measured", () -> stream(scheduler).path("millicores").asInt() == 220);
        await("the worker hears of it", () -> has.streams.get("camera").getMillicores() == 220);
        JsonNode shown = stream(scheduler);
        assertThat(shown.path("state").asText()).isEqualTo("reserved");
        assertThat(shown.path("worker").asText()).isEqualTo(has.name);
        assertThat(shown.path("core_seconds_per_frame").asDouble()).isCloseTo(0.02, within(1e-6));
        assertThat(shown.path("frames").asLong()).isPositive();
        assertThat(shown.path("dropped").asLong()).isPositive();
        assertThat(shown.path("assumed").asBoolean()).isFalse();
        assertThat(shown.path("publisher").asBoolean()).isTrue();
        await(
                "its use is measured",
                () -> stream(scheduler).path("used_millicores").asDouble() > 0);
        assertThat(scheduler.json("/api/v1/allocation").path("reserved").asInt())
                .isEqualTo(220);
        assertThat(scheduler.get("/q/metrics").body())
                .contains("framequota_streams 1.0", "framequota_streams_reserved_millicores 220.0");
        authority.submit("job", 4);
        await("a job beside it ends", () -> authority.ended("job"));

        scheduler.kill();
        SchedulerProcess next = readyScheduler(Map.of());
        await("the next leader has taken it over", () -> has.streamEpochs.get("camera") == authority.epoch());
        assertThat(other.streams).isEmpty();
        assertThat(stream(next).path("millicores").asInt()).isEqualTo(220);

        has.die();
        await("the other worker has it", () -> other.streams.containsKey("camera"));
        authority.loseLive("camera");
        await("it has no publisher", () -> !stream(next).path("publisher").asBoolean());
        assertThat(stream(next).path("millicores").asInt()).isEqualTo(220);
        authority.cancel("camera");
        await("it is stopped", other.streams::isEmpty);
        assertThat(next.json("/api/v1/allocation").path("streams").isEmpty()).isTrue();
        assertThat(next.json("/api/v1/decisions/replay").path("same").asBoolean())
                .isTrue();
    }

    @Test
    void aStreamWithoutRoomFailsItsJobWithTheFigures() throws Exception {
        ScriptedWorker worker = worker("worker-0", 5);
        SchedulerProcess scheduler = readyScheduler(Map.of());
        LiveStream stream = LiveStream.newBuilder().setFps(20).setSession(1).build();
        authority.submitLive("camera");
        authority.openLive("camera", stream.toBuilder().setEvery(2).build());
        await(
                "the first one is measured",
                () -> stream(scheduler).path("millicores").asInt() == 220);
        worker.streamFrameS = 0.05;
        authority.submitLive("second");
        authority.openLive("second", stream.toBuilder().setFps(100).build());

        await("the second one fails", () -> authority.ended("second"));

        assertThat(authority.failure("second"))
                .matches(
                        "needs [0-9]+m \\(100 frames/s x [0-9]+ ms \\+ 10%\\); [0-9]+m of 1000m are free beside 1 stream;"
                                + " infer fewer frames \\(--every [0-9]+\\), stop a stream, or raise the budget");
        assertThat(worker.streams).containsOnlyKeys("camera");
    }

    private static JsonNode stream(SchedulerProcess scheduler) throws Exception {
        return scheduler.json("/api/v1/allocation").path("streams").path(0);
    }

    private ScriptedWorker worker(String name, long chunkMillis) {
        return open(new ScriptedWorker(broker.bootstrap(), name, authority, chunkMillis));
    }

    private SchedulerProcess scheduler(Map<String, String> settings) throws IOException {
        return open(new SchedulerProcess(folder, broker.bootstrap(), authority, settings));
    }

    private SchedulerProcess readyScheduler(Map<String, String> settings) throws Exception {
        SchedulerProcess scheduler = scheduler(settings);
        await("the scheduler is ready", scheduler::ready);
        return scheduler;
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(10)).until(condition);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
