package io.framequota.scheduler.controller.enforce.kubernetes;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An API server that answers what it is told to, 503 else, and remembers what it was asked. Watches see nothing. */
public final class FakeApi implements AutoCloseable {
    static final String RESOURCES = "/api/v1";
    public static final String REVIEWS = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews";

    /** Method and path, in order, without watches. */
    public final List<String> asked = new CopyOnWriteArrayList<>();
    /** Bodies of patches, in order. */
    public final List<String> patches = new CopyOnWriteArrayList<>();
    /** By path. */
    public final Map<String, String> answers = new ConcurrentHashMap<>();
    /** Codes of answers by path, where it is not 200. */
    public final Map<String, Integer> codes = new ConcurrentHashMap<>();

    /** Whether watches stay open and are told what is {@link #push}ed; else there are none. */
    public volatile boolean watched;

    /** Hears the body of each patch before it is answered; null for nobody. */
    public volatile @Nullable Consumer<String> patched;

    private final List<BlockingQueue<String>> watches = new CopyOnWriteArrayList<>();
    /** By version. */
    private final NavigableMap<Integer, String> pushed = new TreeMap<>();

    public final KubernetesClient client;
    private final HttpServer server;

    public FakeApi() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", this::answer);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
        client = new KubernetesClientBuilder()
                .withConfig(new ConfigBuilder()
                        .withMasterUrl(url())
                        .withRequestRetryBackoffLimit(0)
                        .withAutoConfigure(false)
                        .build())
                .build();
    }

    /** Where it is. */
    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    /** What a namespace's core resources are called. */
    public void knows(String... resources) {
        List<String> all = List.of(resources).stream()
                .map(n ->
                        "{\"name\": \"%s\", \"kind\": \"Pod\", \"namespaced\": true, \"singularName\": \"\", \"verbs\": []}"
                                .formatted(n))
                .toList();
        answers.put(
                RESOURCES,
                "{\"apiVersion\": \"v1\", \"kind\": \"APIResourceList\", \"groupVersion\": \"v1\", \"resources\": [%s]}"
                        .formatted(String.join(", ", all)));
    }

    /** Whether a right that is asked for is there. */
    public void allows(boolean allowed) {
        answers.put(REVIEWS, """
                {"apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview", "spec": {},
                 "status": {"allowed": %s}}""".formatted(allowed));
    }

    private void answer(HttpExchange exchange) throws IOException {
        String path = exchange.getRequestURI().getPath();
        String query = String.valueOf(exchange.getRequestURI().getQuery());
        byte[] sent = exchange.getRequestBody().readAllBytes();
        boolean watch = query.contains("watch=true");
        if (!watch) {
            asked.add(exchange.getRequestMethod() + " " + path);
        }
        if (watch && watched && !"websocket".equals(exchange.getRequestHeaders().getFirst("Upgrade"))) {
            tell(exchange);
            return;
        }
        if (exchange.getRequestMethod().equals("PATCH")) {
            String patch = new String(sent, StandardCharsets.UTF_8);
            patches.add(patch);
            Consumer<String> hears = patched;
            if (hears != null) {
                hears.accept(patch);
            }
        }
        String answer = watch ? null : answers.get(path);
        byte[] body = (answer == null ? "{}" : answer).getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(answer == null ? 503 : codes.getOrDefault(path, 200), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** An event for every watch that is open, or begins at an earlier version. */
    public synchronized void push(String type, int version, String object) {
        String event = "{\"type\": \"" + type + "\", \"object\": " + object.replace('\n', ' ') + "}";
        pushed.put(version, event);
        watches.forEach(w -> w.add(event));
    }

    private synchronized BlockingQueue<String> watch(int since) {
        BlockingQueue<String> events =
                new LinkedBlockingQueue<>(pushed.tailMap(since, false).values());
        watches.add(events);
        return events;
    }

    private void tell(HttpExchange exchange) throws IOException {
        BlockingQueue<String> events = watch(
                Integer.parseInt(exchange.getRequestURI().getQuery().replaceAll(".*resourceVersion=(\\d+).*", "$1")));
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(200, 0);
        try (OutputStream out = exchange.getResponseBody()) {
            while (true) {
                out.write((events.take() + "\n").getBytes(StandardCharsets.UTF_8));
                out.flush();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            watches.remove(events);
        }
    }

    @Override
    public void close() {
        client.close();
        server.stop(0);
    }
}
