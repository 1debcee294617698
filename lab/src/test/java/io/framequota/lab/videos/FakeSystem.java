package io.framequota.lab.videos;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;

/** Answers like a system that serves one job after the other, each for the same time, in which nothing is computed. */
final class FakeSystem implements VideoSystem {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Seconds that a job takes. */
    double jobS = 0.2;

    /** What each job uses. */
    VideoSystem.Used perJob = new VideoSystem.Used(0, 0);

    /** The job of this number fails, the first being 1. */
    int fails;

    /** A process ends while this job runs. */
    int restartsAt;

    boolean kept;
    boolean closed;

    /** What was chosen, as it came. */
    final List<JsonNode> chosen = new CopyOnWriteArrayList<>();

    /** What was submitted, as it came. */
    final List<JsonNode> submitted = new CopyOnWriteArrayList<>();

    private final List<Instant> ends = new ArrayList<>();
    private final HttpServer server;

    FakeSystem() throws IOException {
        server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", this::handle);
        server.start();
    }

    private void handle(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        switch (exchange.getRequestMethod() + " " + path) {
            case "PUT /api/v1/policy" -> {
                chosen.add(JSON.readTree(body));
                answer(exchange, 200, body);
            }
            case "GET /api/v1/allocation" ->
                answer(exchange, 200, "{\"actuator\":" + chosen.getLast().path("actuator") + ",\"workers\":[]}");
            case "POST /api/v1/jobs" -> answer(exchange, 202, "{\"job\":\"job-" + submit(body) + "\"}");
            case "GET /api/v1/policies/shadow" ->
                answer(exchange, 200, "{\"policies\":[{\"policy\":\"srpt\",\"mean_response_s\":0.3}]}");
            case "GET /api/v1/decisions" -> answer(exchange, 200, decisions());
            default -> {
                int number = Integer.parseInt(path.replaceAll(".*-(\\d+)/events", "$1"));
                await(number);
                answer(exchange, 200, "data: {\"job\":\"x\",\"state\":\"RUNNING\"}\n\ndata: " + job(number) + "\n\n");
            }
        }
    }

    private synchronized int submit(String body) throws IOException {
        submitted.add(JSON.readTree(body));
        Instant now = Instant.now();
        Instant from = ends.isEmpty() || ends.getLast().isBefore(now) ? now : ends.getLast();
        ends.add(from.plus(Duration.ofMillis((long) (jobS * 1000))));
        return ends.size();
    }

    private void await(int number) {
        Instant end;
        synchronized (this) {
            end = ends.get(number - 1);
        }
        LockSupport.parkNanos(Math.max(0, Duration.between(Instant.now(), end).toNanos()));
    }

    private synchronized String job(int number) {
        String end = number == fails ? "\"FAILED\",\"error\":\"no frame could be read\"" : "\"SUCCEEDED\"";
        return "{\"job\":\"job-" + number + "\",\"state\":" + end
                + ",\"frames\":120,\"forecast_s\":0.25,\"forecast_p10_s\":0.2,\"forecast_p90_s\":0.3,\"chunks\":10,\"ended_at\":\""
                + ends.get(number - 1) + "\"}";
    }

    /** One chunk for each job, all on one worker. */
    private synchronized String decisions() {
        List<String> all = new ArrayList<>();
        for (int i = 0; i < ends.size(); i++) {
            Instant end = ends.get(i);
            all.add(
                    "{\"job\":\"job-%d\",\"worker\":\"worker-0\",\"prefetched\":%b,\"started_at\":\"%s\",\"finished_at\":\"%s\"}"
                            .formatted(i + 1, i > 0, end.minusMillis((long) (jobS * 1000)), end));
        }
        return "{\"decisions\":[" + String.join(",", all) + "]}";
    }

    private static void answer(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    @Override
    public synchronized VideoSystem.Used used() {
        return new VideoSystem.Used(ends.size() * perJob.modelS(), ends.size() * perJob.allS());
    }

    @Override
    public synchronized int restarts() {
        return restartsAt > 0 && ends.size() >= restartsAt ? 1 : 0;
    }

    @Override
    public void keepLogs() {
        kept = true;
    }

    @Override
    public void close() {
        closed = true;
        server.stop(0);
    }
}
