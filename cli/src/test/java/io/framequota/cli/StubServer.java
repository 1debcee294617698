package io.framequota.cli;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.zip.GZIPOutputStream;

/** A server that answers what it was told to, and remembers what it was asked. */
public final class StubServer implements AutoCloseable {
    /** What came in. */
    public record Request(String line, Map<String, List<String>> headers, String body) {}

    private record Answer(int status, byte[] body, String link) {}

    public final List<Request> requests = new CopyOnWriteArrayList<>();
    private final Map<String, Answer> answers = new ConcurrentHashMap<>();
    private final Map<String, Runnable> effects = new ConcurrentHashMap<>();
    private final HttpServer server;

    public StubServer() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.createContext("/", this::handle);
        server.start();
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** {@code line} is like {@code GET /api/v1/jobs}. */
    public StubServer on(String line, int status, String body) {
        return on(line, status, body.getBytes(StandardCharsets.UTF_8));
    }

    public StubServer on(String line, int status, byte[] body) {
        answers.put(line, new Answer(status, body, ""));
        return this;
    }

    /** Before each answer to a request something happens. */
    public StubServer effect(String line, Runnable effect) {
        effects.put(line, effect);
        return this;
    }

    /** An answer with a header Link. */
    public StubServer linking(String line, String body, String link) {
        answers.put(line, new Answer(200, body.getBytes(StandardCharsets.UTF_8), link));
        return this;
    }

    public static byte[] gzip(String text) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(bytes)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        }
        return bytes.toByteArray();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String line = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        requests.add(new Request(
                line,
                Map.copyOf(exchange.getRequestHeaders()),
                new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8)));
        effects.getOrDefault(line, () -> {}).run();
        Answer answer = answers.getOrDefault(
                line,
                new Answer(404, "{\"detail\":\"nothing is at this address\"}".getBytes(StandardCharsets.UTF_8), ""));
        if (!answer.link().isEmpty()) {
            exchange.getResponseHeaders().add("Link", answer.link());
        }
        exchange.sendResponseHeaders(answer.status(), answer.body().length == 0 ? -1 : answer.body().length);
        try (OutputStream out = exchange.getResponseBody()) {
            out.write(answer.body());
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
