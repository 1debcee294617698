package io.framequota.lab.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.framequota.lab.experiment.InvalidExperimentException;
import io.framequota.lab.experiment.RunFailedException;
import io.framequota.lab.worker.WorkerEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Calls of the Kubernetes adapters to an API server with recorded answers. */
@Timeout(60)
class RecordedClusterTest {
    private static final String CONFIG_MAP = """
            {"kind": "ConfigMap", "apiVersion": "v1", "metadata": {"name": "result", "namespace": "lab"},
             "data": {"experiment.yaml": "name: x"}}""";

    private static final String FORBIDDEN = """
            {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "Forbidden", "message": "forbidden", "code": 403}""";

    private static final String RESIZE = "/api/v1/namespaces/lab/pods/ours/resize";

    @TempDir
    private Path folder;

    private final LinkedBlockingQueue<WorkerEvent> events = new LinkedBlockingQueue<>();
    private final FakeExecWatch attached = new FakeExecWatch();
    private final PodWorker worker = new PodWorker("ours", "node-1", attached, events, new HandoverTimes());

    @Test
    void connectsToAClusterThatCanResizePods() throws IOException {
        try (RecordedApiServer server = new RecordedApiServer("33+");
                KubernetesClient client = ClusterConnection.open()) {
            assertThat(client.getNamespace()).isEqualTo("lab");
            assertThat(server.changes).isEmpty();
        }
    }

    @Test
    void rejectsAClusterThatCannotResizePods() throws IOException {
        try (RecordedApiServer ignored = new RecordedApiServer("32")) {
            assertThatThrownBy(ClusterConnection::open)
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageContaining("Kubernetes 1.32, which cannot resize a pod in place");
        }
    }

    @Test
    void namesTheClusterThatDoesNotAnswer() throws IOException {
        try (RecordedApiServer server = new RecordedApiServer("36")) {
            server.on("GET /version", 500, "{}");
            assertThatThrownBy(ClusterConnection::open)
                    .isInstanceOf(ClusterUnavailableException.class)
                    .hasMessageStartingWith("no cluster answers at http://127.0.0.1:")
                    .hasMessageContaining("--on local");
        }
    }

    @Test
    void createsAConfigMapWithTheFilesThatFit() throws IOException {
        report("{}", "runs", "x".repeat(900_000));
        try (RecordedApiServer server = new RecordedApiServer("36")) {
            server.on("POST /api/v1/namespaces/lab/configmaps", 201, CONFIG_MAP);
            ReportConfigMap.write(Optional.empty(), "result", folder);

            assertThat(server.changes)
                    .singleElement()
                    .asString()
                    .startsWith("POST /api/v1/namespaces/lab/configmaps ")
                    .contains("report.json", "runs.csv")
                    .doesNotContain("report.html");
        }
    }

    @Test
    void addsTheReportToAnExistingConfigMap() throws IOException {
        report("{}", "runs", "page");
        try (RecordedApiServer server = new RecordedApiServer("36")) {
            String path = "/api/v1/namespaces/other/configmaps/result";
            server.on("GET " + path, 200, CONFIG_MAP.replace("\"lab\"", "\"other\""))
                    .on("PATCH " + path, 200, CONFIG_MAP)
                    .on("PUT " + path, 200, CONFIG_MAP);
            ReportConfigMap.write(Optional.of("other"), "result", folder);

            assertThat(server.changes).singleElement().asString().contains("report.html", "page");
        }
    }

    @Test
    void failsIfTheConfigMapCannotBeWritten() throws IOException {
        report("{}", "runs", "page");
        try (RecordedApiServer server = new RecordedApiServer("36")) {
            server.on("POST /api/v1/namespaces/lab/configmaps", 403, """
                    {"kind": "Status", "status": "Failure", "message": "configmaps is forbidden", "code": 403}""");

            assertThatThrownBy(() -> ReportConfigMap.write(Optional.empty(), "result", folder))
                    .isInstanceOf(RunFailedException.class)
                    .hasMessageStartingWith("the report cannot be put into the ConfigMap result: ");
        }
    }

    @Test
    void createsANamespaceAndDeletesItAtTheEnd() throws IOException {
        try (RecordedApiServer server = new RecordedApiServer("36")) {
            server.on("POST /api/v1/namespaces", 201, """
                    {"kind": "Namespace", "apiVersion": "v1", "metadata": {"name": "fq-experiment-1"}}""");
            KubernetesBackend backend = KubernetesBackend.open(settings(Optional.empty()));
            assertThat(backend.facts()).containsEntry("Kubernetes", "v1.36.0").containsEntry("image", "image:1");
            backend.close();
            backend.close();

            assertThat(server.changes).hasSize(2);
            assertThat(server.changes.get(0)).startsWith("POST /api/v1/namespaces ");
            assertThat(server.changes.get(1)).startsWith("DELETE /api/v1/namespaces/fq-experiment-");
        }
    }

    @Test
    void rejectsANamespaceThatDoesNotExist() throws IOException {
        try (RecordedApiServer ignored = new RecordedApiServer("36")) {
            assertThatThrownBy(() -> KubernetesBackend.open(settings(Optional.of("none"))))
                    .isInstanceOf(InvalidExperimentException.class)
                    .hasMessageContaining("none");
        }
    }

    @Test
    void aNodeHasRoomForWhatOtherPodsDoNotRequest() throws IOException {
        try (RecordedApiServer server = new RecordedApiServer("36");
                KubernetesClient client = ClusterConnection.open()) {
            server.on("GET /api/v1/nodes/node-1", 200, """
                            {"kind": "Node", "apiVersion": "v1", "metadata": {"name": "node-1"},
                             "status": {"allocatable": {"cpu": "2", "memory": "8Gi"}}}""").on("GET /api/v1/pods", 200, """
                            {"kind": "PodList", "apiVersion": "v1", "items": [%s, %s, %s]}""".formatted(
                            pod("other", "Running"), pod("done", "Succeeded"), pod("ours", "Running")));
            NodeCapacity capacity = NodeCapacity.of(client, List.of(worker));

            assertThat(capacity.fits(List.of(worker), worker, 1500)).isTrue();
            assertThat(capacity.fits(List.of(worker), worker, 1501)).isFalse();
        }
    }

    @Test
    void everyRaiseFitsIfNodesCannotBeRead() throws IOException {
        try (RecordedApiServer server = new RecordedApiServer("36");
                KubernetesClient client = ClusterConnection.open()) {
            server.on("GET /api/v1/nodes/node-1", 403, FORBIDDEN);

            assertThat(NodeCapacity.of(client, List.of(worker)).fits(List.of(worker), worker, 1e6))
                    .isTrue();
        }
    }

    @Test
    void reportsAResizeThatTheClusterRefuses() throws Exception {
        try (RecordedApiServer server = new RecordedApiServer("36");
                KubernetesClient client = ClusterConnection.open();
                PodResizer resizer = new PodResizer(client, "lab", events)) {
            server.on("GET /api/v1/namespaces/lab/pods/ours", 200, pod("ours", "Running"))
                    .on("PATCH " + RESIZE, 403, FORBIDDEN);
            resizer.submit(new PodResizer.Order(worker, 500), true);

            WorkerEvent event = events.poll(30, TimeUnit.SECONDS);
            assertThat(event).isInstanceOf(WorkerEvent.Failed.class);
            assertThat(((WorkerEvent.Failed) event).why()).contains("ours");
            assertThat(attached.orders()).isEqualTo("await 50000\n");
        }
    }

    @Test
    void aResizeIsSettledWhenThePodReportsIt() throws Exception {
        try (RecordedApiServer server = new RecordedApiServer("36");
                KubernetesClient client = ClusterConnection.open();
                PodResizer resizer = new PodResizer(client, "lab", events)) {
            attachedAnswers();
            worker.greet();
            server.on("GET /api/v1/namespaces/lab/pods/ours", 200, pod("ours", "Running"))
                    .on("PATCH " + RESIZE, 200, pod("ours", "Running"));
            Thread.ofPlatform().daemon().start(() -> {
                await().until(() -> !server.changes.isEmpty());
                attached.say("holds 50000 " + System.nanoTime());
            });
            resizer.settle(List.of(new PodResizer.Order(worker, 500)));

            assertThat(worker.held()).isEqualTo(500);
            assertThat(worker.settled()).isTrue();
            assertThat(server.changes).singleElement().asString().contains("500m");
        }
    }

    /** The burner answers eight questions about its clock. */
    private void attachedAnswers() {
        Thread.ofVirtual().start(() -> {
            for (int question = 1; question <= 8; question++) {
                while (attached.orders().length() < question * "time\n".length()) {
                    Thread.onSpinWait();
                }
                attached.say("time " + System.nanoTime());
            }
        });
    }

    private static String pod(String name, String phase) {
        return """
                {"kind": "Pod", "apiVersion": "v1", "metadata": {"name": "%s", "namespace": "lab"},
                 "spec": {"nodeName": "node-1", "containers": [{"name": "burner", "resources": {"requests": {"cpu": "500m"}}}]},
                 "status": {"phase": "%s"}}""".formatted(name, phase);
    }

    private static BurnerPodSettings settings(Optional<String> namespace) {
        return new BurnerPodSettings(namespace, "image:1", "IfNotPresent", Optional.empty());
    }

    private void report(String json, String csv, String html) throws IOException {
        List<String> texts = List.of(json, csv, html);
        List<String> names = List.of("report.json", "runs.csv", "report.html");
        for (int i = 0; i < names.size(); i++) {
            Files.writeString(folder.resolve(names.get(i)), texts.get(i));
        }
    }
}
