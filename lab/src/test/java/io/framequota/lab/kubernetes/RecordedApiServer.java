package io.framequota.lab.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * An API server with recorded answers, which this JVM's clients use until it is closed. Requests without a recorded answer get
 * 404.
 */
final class RecordedApiServer implements AutoCloseable {
    private record Answer(int status, String body) {}

    private final HttpServer server;
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    /** Method, path and body of each request that changes something. */
    final List<String> changes = new CopyOnWriteArrayList<>();

    RecordedApiServer(String minorVersion) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.start();
        System.setProperty(
                "kubernetes.master", "http://127.0.0.1:" + server.getAddress().getPort() + "/");
        System.setProperty("kubernetes.auth.tryKubeConfig", "false");
        System.setProperty("kubernetes.namespace", "lab");
        on("GET /version", 200, """
                {"major": "1", "minor": "%s", "gitVersion": "v1.%s.0"}""".formatted(minorVersion, minorVersion));
    }

    /** Records an answer; the path is without its query. */
    RecordedApiServer on(String methodAndPath, int status, String body) {
        answers.put(methodAndPath, new Answer(status, body));
        return this;
    }

    private void answer(HttpExchange exchange) throws IOException {
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        String key =
                exchange.getRequestMethod() + " " + exchange.getRequestURI().getPath();
        if (!exchange.getRequestMethod().equals("GET")) {
            changes.add(key + " " + body);
        }
        Answer answer = answers.getOrDefault(key, new Answer(404, """
                {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": "NotFound", "code": 404}"""));
        byte[] bytes = answer.body().getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer.status(), bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    @Override
    public void close() {
        server.stop(0);
        List.of("kubernetes.master", "kubernetes.auth.tryKubeConfig", "kubernetes.namespace")
                .forEach(System::clearProperty);
    }
}
