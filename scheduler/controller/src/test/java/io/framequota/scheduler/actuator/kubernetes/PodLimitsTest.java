package io.framequota.scheduler.actuator.kubernetes;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.framequota.scheduler.actuator.Actuator;
import io.framequota.scheduler.actuator.ReportedUse;
import io.framequota.scheduler.actuator.UnavailableException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is asked before pods are resized, of an API server that answers as older ones do. */
class PodLimitsTest {
    private static final String RESOURCES = "/api/v1";
    private static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    private final List<String> asked = new CopyOnWriteArrayList<>();
    private Map<String, String> answers = Map.of();
    private HttpServer server;
    private KubernetesClient client;

    @BeforeEach
    void listen() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl("http://127.0.0.1:" + server.getAddress().getPort())
                        .withRequestRetryBackoffLimit(0)
                        .withAutoConfigure(false)
                        .build())
                .build();
    }

    @AfterEach
    void close() {
        client.close();
        server.stop(0);
    }

    @Test
    void aClusterThatDoesNotKnowResizesIsNotAskedAgain() {
        answers = Map.of(RESOURCES, resources("pods", "pods/log", "pods/status"));

        UnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("cannot resize pods in place (Kubernetes 1.33 and later can)");
        assertThat(unavailable.passing()).isFalse();
        assertThat(asked).containsExactly("GET " + RESOURCES);
    }

    @Test
    void aRightThatIsMissingMayBeGivenLater() {
        answers = Map.of(RESOURCES, resources("pods", "pods/resize"), REVIEWS, """
                {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {},
                 "status": {"allowed": false}}""");

        UnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("may not patch pods/resize in namespace video");
        assertThat(unavailable.passing()).isTrue();
        assertThat(asked).containsExactly("GET " + RESOURCES, "POST " + REVIEWS);
    }

    @Test
    void aClusterThatDoesNotAnswerMayDoSoLater() {
        UnavailableException unavailable = opened();

        assertThat(unavailable).hasMessageContaining("the cluster does not answer");
        assertThat(unavailable.passing()).isTrue();
    }

    private UnavailableException opened() {
        WorkerPods pods = new WorkerPods("video", TestCluster.WORKERS, TestCluster.CONTAINER);
        return catchThrowableOfType(
                UnavailableException.class,
                () -> PodLimits.open(client, pods, Actuator.QUOTA, (w, m, t) -> {}, new ReportedUse()));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        asked.add(exchange.getRequestMethod() + " " + path);
        String answer = answers.get(path);
        byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
        exchange.getRequestBody().readAllBytes();
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer == null ? 503 : 200, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private static String resources(String... names) {
        List<String> all = List.of(names).stream()
                .map(n ->
                        "{\"name\": \"%s\", \"kind\": \"Pod\", \"namespaced\": true, \"singularName\": \"\", \"verbs\": []}"
                                .formatted(n))
                .toList();
        return """
                {"apiVersion": "v1", "kind": "APIResourceList", "groupVersion": "v1", "resources": [%s]}""".formatted(String.join(", ", all));
    }
}
