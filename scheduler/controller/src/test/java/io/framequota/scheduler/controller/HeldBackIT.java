package io.framequota.scheduler.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Pod;
import io.framequota.local.kafka.LocalBroker;
import io.framequota.scheduler.controller.enforce.kubernetes.WorkerPod;
import io.framequota.scheduler.controller.kubernetes.InMemoryApiServer;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The packaged scheduler and a pod that was created for quotas, at an API server in memory. */
class HeldBackIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path folder;

    private static LocalBroker broker;

    private final List<AutoCloseable> opened = new ArrayList<>();
    private FakeAuthority authority;
    private InMemoryApiServer api;
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
        api = open(new InMemoryApiServer());
        api.create(WorkerPod.running("worker-0", "500m", "500m"));
        worker = open(new ScriptedWorker(broker.bootstrap(), "worker-0", authority, 5));
    }

    @AfterEach
    void close() throws Exception {
        for (AutoCloseable one : opened.reversed()) {
            one.close();
        }
    }

    @Test
    void dispatchRaisesTheLimitOnceAndLogsIt() throws Exception {
        SchedulerProcess scheduler = scheduler("dispatch");

        await("the limit is raised", () -> !api.patches.isEmpty());
        authority.submit("a", 3);
        await("the job ends", () -> authority.ended("a"));

        assertThat(api.patches)
                .containsExactly("{\"spec\":{\"containers\":[{\"name\":\"inference-server\","
                        + "\"resources\":{\"limits\":{\"cpu\":\"1000m\"}}}]}}");
        assertThat(scheduler.log()).contains("worker-0 was created with a limit of 500 millicores");
        assertThat(allocation(scheduler).path("notice").isNull()).isTrue();
    }

    @Test
    void withoutTheRightTheNoticeStaysAndIsLoggedOnce() throws Exception {
        api.allowed = false;
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

        api.allowed = true;
        await(
                "once it may, quotas are in force",
                () -> "quota".equals(allocation(scheduler).path("actuator").asText()));
        await("and all is well", () -> allocation(scheduler).path("notice").isNull());
    }

    /** A node with less room than a worker's share defers the whole resize; the share is 1000m, and 685m are free. */
    @Test
    void partOfTheShareThatFitsIsGivenWhereTheNodeDefersTheWholeShare() throws Exception {
        Pod created = api.pod("video", "worker-0");
        AtomicReference<Pod> inForce = new AtomicReference<>(created);
        api.kubelet = pod -> {
            if (cpu(pod) <= 685) {
                inForce.set(pod);
                return InMemoryApiServer.enforced(pod, pod);
            }
            return WorkerPod.pending(pod, inForce.get(), "Deferred", "the node is full");
        };
        SchedulerProcess scheduler = scheduler("quota");
        worker.holding = true;
        authority.submit("a", 3);

        await("the part that fits is in force", () -> cpu(inForce.get()) == 680);
        await(
                "the notice says that it is not all",
                () -> allocation(scheduler)
                        .path("notice")
                        .asText()
                        .startsWith("worker-0 has 680m of 1000m: deferred: "));
        JsonNode millicores = scheduler.json("/api/v1/workers").path(0).path("millicores");
        assertThat(millicores.path("quota").asInt()).isEqualTo(680);
        assertThat(millicores.path("trouble").asText()).isEqualTo("deferred: the node is full");
        // The search for what fits may still be asking for more, and takes back what is deferred.
        await("nothing stays pending at the node", () -> api.patches.getLast().contains("\"680m\""));
    }

    private static int cpu(Pod pod) {
        return WorkerPod.limit(pod);
    }

    private long reviews() {
        return api.requests.stream()
                .filter(a -> a.endsWith("/selfsubjectaccessreviews"))
                .count();
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

    private static void await(String what, Callable<Boolean> condition) {
        Awaitility.await(what).atMost(LIMIT).pollInterval(Duration.ofMillis(50)).until(condition);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
