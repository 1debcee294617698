package io.framequota.scheduler.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.scheduler.controller.enforce.kubernetes.FakeApi;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged scheduler and a pod that was made for quotas, of an API server that answers what it is told to. */
class HeldBackIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String PODS = "/api/v1/namespaces/video/pods";
    private static final String POD = """
            {"apiVersion": "v1", "kind": "Pod",
             "metadata": {"name": "worker-0", "namespace": "video", "uid": "1", "resourceVersion": "1"},
             "spec": {"containers": [
               {"name": "inference-server",
                "resources": {"requests": {"cpu": "500m"}, "limits": {"cpu": "500m", "memory": "1Gi"}}}]}}""";

    @TempDir
    static Path folder;

    private static LocalBroker broker;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeAuthority authority;
    private FakeApi api;
    private ScriptedWorker worker;

    @BeforeAll
    static void startBroker() throws IOException {
        broker = LocalBroker.start(folder.resolve("kafka"), freePort(), freePort());
    }

    @AfterAll
    static void stopBroker() {
        broker.close();
    }

    @BeforeEach
    void startWorker() throws IOException {
        authority = open(new FakeAuthority(broker.bootstrap()));
        api = open(new FakeApi());
        api.knows("pods", "pods/resize");
        api.answers.put(
                PODS,
                "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}, \"items\": ["
                        + POD + "]}");
        api.answers.put(PODS + "/worker-0", POD);
        api.answers.put(PODS + "/worker-0/resize", POD);
        worker = open(new ScriptedWorker(broker.bootstrap(), "worker-0", authority, 5));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void whileChunksAreDispatchedTheLimitIsRaisedOnceAndThatIsSaid() throws Exception {
        api.allows(true);
        SchedulerProcess scheduler = scheduler("dispatch");

        await("the limit is raised", () -> !api.patches.isEmpty());
        authority.submit("a", 3);
        await("the job ends", () -> authority.ended("a"));

        // The API server still tells of the old limit.
        assertThat(api.patches)
                .containsExactly("{\"spec\":{\"containers\":[{\"name\":\"inference-server\","
                        + "\"resources\":{\"limits\":{\"cpu\":\"1000m\"}}}]}}");
        assertThat(scheduler.log()).contains("worker-0 was created with a limit of 500 millicores");
        assertThat(allocation(scheduler).path("notice").isNull()).isTrue();
    }

    @Test
    void withoutTheRightTheNoticeStaysAndTheLogSaysItOnce() throws Exception {
        api.allows(false);
        SchedulerProcess scheduler = scheduler("quota");
        await(
                "it says who is held back",
                () -> allocation(scheduler).path("notice").asText().contains("worker-0"));
        authority.submit("a", 3);
        await("the job ends all the same", () -> authority.ended("a"));
        // Whether it may by now has been asked again meanwhile.
        await("it asks again", () -> reviews() > 3);

        JsonNode allocation = allocation(scheduler);
        assertThat(allocation.path("actuator").asText()).isEqualTo("dispatch");
        assertThat(allocation.path("notice").asText())
                .isEqualTo("quota cannot be used because the scheduler's service account may not patch pods/resize in"
                        + " namespace video; chunks are dispatched in the policy's order instead; worker-0 may use 500 of"
                        + " its 1000 millicores: the limit that it was created with cannot be raised (the scheduler's service"
                        + " account may not patch pods/resize in namespace video); let the scheduler patch pods/resize, or"
                        + " create the pods for dispatch: helm upgrade --set scheduler.actuator=dispatch");
        assertThat(scheduler.log().lines().filter(l -> l.contains("worker-0 may use")))
                .hasSize(1);
        assertThat(api.patches).isEmpty();

        api.allows(true);
        await(
                "once it may, quotas are in force",
                () -> "quota".equals(allocation(scheduler).path("actuator").asText()));
        await("and all is well", () -> allocation(scheduler).path("notice").isNull());
    }

    /** A node with room for less than a worker's share defers it whole; the share is 1000m, and 685m are free. */
    @Test
    void whatFitsIsGivenWhereTheNodeDefersTheWholeShare() throws Exception {
        api.allows(true);
        api.watched = true;
        AtomicInteger version = new AtomicInteger(1);
        AtomicInteger inForce = new AtomicInteger(10);
        lists(pod(1, 10, 10));
        api.patched = patch -> {
            int asked = Integer.parseInt(patch.replaceAll(".*limits.:..cpu.:.(\\d+)m.*", "$1"));
            inForce.set(asked <= 685 ? asked : inForce.get());
            String pod = pod(version.incrementAndGet(), asked, inForce.get());
            api.answers.put(PODS + "/worker-0", pod);
            api.answers.put(PODS + "/worker-0/resize", pod);
            lists(pod);
            api.push("MODIFIED", version.get(), pod);
        };
        SchedulerProcess scheduler = scheduler("quota");
        worker.holding = true;
        authority.submit("a", 3);

        await("what fits is in force", () -> inForce.get() == 680);
        await(
                "that it is not all is said",
                () -> allocation(scheduler)
                        .path("notice")
                        .asText()
                        .startsWith("worker-0 has 680m of 1000m: deferred: "));
        JsonNode millicores = scheduler.json("/api/v1/workers").path(0).path("millicores");
        assertThat(millicores.path("quota").asInt()).isEqualTo(680);
        assertThat(millicores.path("trouble").asText()).isEqualTo("deferred: the node is full");
        assertThat(api.patches.getLast())
                .as("nothing stays pending at the node")
                .contains("\"680m\"");
    }

    private void lists(String pod) {
        api.answers.put(
                PODS,
                "{\"apiVersion\": \"v1\", \"kind\": \"PodList\", \"metadata\": {\"resourceVersion\": \"1\"}, \"items\": ["
                        + pod + "]}");
    }

    private static String pod(int version, int asked, int inForce) {
        String conditions = asked == inForce ? "" : """
                , "conditions": [{"type": "PodResizePending", "status": "True", "reason": "Deferred", "message": "the node is full"}]""";
        return """
                {"apiVersion": "v1", "kind": "Pod",
                 "metadata": {"name": "worker-0", "namespace": "video", "uid": "1", "resourceVersion": "%1$d"},
                 "spec": {"containers": [{"name": "inference-server",
                   "resources": {"requests": {"cpu": "%2$dm"}, "limits": {"cpu": "%2$dm"}}}]},
                 "status": {"containerStatuses": [{"name": "inference-server",
                   "resources": {"requests": {"cpu": "%3$dm"}, "limits": {"cpu": "%3$dm"}}}]%4$s}}""".formatted(version, asked, inForce, conditions);
    }

    private long reviews() {
        return api.asked.stream().filter(a -> a.endsWith(FakeApi.REVIEWS)).count();
    }

    private static JsonNode allocation(SchedulerProcess scheduler) throws Exception {
        return scheduler.json("/api/v1/allocation");
    }

    private SchedulerProcess scheduler(String actuator) throws Exception {
        Path kubeconfig = Files.writeString(folder.resolve("kubeconfig"), """
                apiVersion: v1
                kind: Config
                clusters:
                  - name: it
                    cluster: {server: "%s"}
                contexts:
                  - name: it
                    context: {cluster: it, user: it}
                users:
                  - name: it
                    user: {token: any}
                current-context: it
                """.formatted(api.url()));
        Map<String, String> settings = Map.of(
                "KUBECONFIG",
                kubeconfig.toString(),
                "FRAMEQUOTA_KUBERNETES_NAMESPACE",
                "video",
                "FRAMEQUOTA_ACTUATOR",
                actuator);
        SchedulerProcess scheduler = open(new SchedulerProcess(folder, broker.bootstrap(), authority, settings));
        await("it is ready", scheduler::ready);
        return scheduler;
    }

    private <T extends AutoCloseable> T open(T one) {
        opened.add(one);
        return one;
    }

    private static void await(String what, Callable<Boolean> condition) throws Exception {
        long end = System.nanoTime() + LIMIT.toNanos();
        while (!condition.call()) {
            assertThat(System.nanoTime()).as(what + " within " + LIMIT).isLessThan(end);
            TimeUnit.MILLISECONDS.sleep(50);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
