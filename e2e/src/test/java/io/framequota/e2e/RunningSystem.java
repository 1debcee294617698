package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.zip.GZIPInputStream;

/** {@code fq up} on a data folder, with every service in a process of its own, and what a test asks of it. */
final class RunningSystem implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final Process process;
    private final Path data;
    private final int port;
    private final Path err;

    private RunningSystem(Process process, Path data, int port, Path err) {
        this.process = process;
        this.data = data;
        this.port = port;
        this.err = err;
    }

    /** Starts the system and waits for the line that says it is ready. */
    static RunningSystem up(Path data, String... options) {
        return up(data, Map.of(), options);
    }

    /** The same with settings for the services. */
    static RunningSystem up(Path data, Map<String, String> settings, String... options) {
        try {
            Files.createDirectories(data);
            int port = freePort();
            Path out = data.resolve("up.out");
            Path err = data.resolve("up.err");
            Files.deleteIfExists(out);
            List<String> arguments = new ArrayList<>(
                    List.of("up", "--data", data.toString(), "--port", Integer.toString(port), "--workers", "2"));
            arguments.addAll(List.of(options));
            Process process = Fq.start(out, err, settings, arguments.toArray(String[]::new));
            RunningSystem system = new RunningSystem(process, data, port, err);
            system.await("fq up says that it is ready", Duration.ofSeconds(120), () -> {
                if (!process.isAlive()) {
                    throw new AssertionError("fq up ended with " + process.exitValue() + ":\n" + read(err));
                }
                return read(out).contains(":" + port) || read(err).contains("ready");
            });
            return system;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return "http://127.0.0.1:" + port;
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** kill -9 of one process of a module; the supervisor starts it again. */
    void kill(String module) {
        List<Long> pids = Fq.pidsOf(handle(), module);
        assertThat(pids).as("processes of " + module).isNotEmpty();
        Fq.signal(pids.getFirst(), "KILL");
    }

    /** SIGINT, as Ctrl-C sends it, and the end of fq and of everything it started. */
    void interrupt() {
        List<ProcessHandle> all = process.descendants().toList();
        Fq.signal(process.pid(), "INT");
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("fq ends on SIGINT")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await(
                "all children are gone",
                Duration.ofSeconds(10),
                () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Submits a source that the server resolves. */
    JsonNode submit(String source, String model) {
        return submit(source, model, 1);
    }

    /** The same, inferring every Nth frame. */
    JsonNode submit(String source, String model, int every) {
        String body = JSON.createObjectNode()
                .put("source", source)
                .put("model", model)
                .put("every", every)
                .toString();
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url() + "/api/v1/jobs"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return parse(answer.body());
    }

    JsonNode job(String id) {
        return get("/api/v1/jobs/" + id);
    }

    JsonNode get(String path) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url() + path)));
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return parse(answer.body());
    }

    JsonNode put(String path, String json) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url() + path))
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return parse(answer.body());
    }

    /** Waits until a job's JSON satisfies a condition and returns it. A server that is away is asked again. */
    JsonNode awaitJob(String id, String what, Duration limit, Predicate<JsonNode> condition) {
        JsonNode[] last = new JsonNode[1];
        await("job " + id + " " + what, limit, () -> {
            try {
                last[0] = job(id);
                return condition.test(last[0]);
            } catch (UncheckedIOException | AssertionError e) {
                return false;
            }
        });
        return last[0];
    }

    JsonNode awaitEnd(String id, Duration limit) {
        return awaitJob(
                id,
                "ends",
                limit,
                j -> List.of("SUCCEEDED", "FAILED", "CANCELLED")
                        .contains(j.path("state").asText()));
    }

    /** The result's lines, in the order they are served. */
    List<JsonNode> lines(String id) {
        try {
            HttpResponse<byte[]> answer = http.send(
                    HttpRequest.newBuilder(URI.create(url() + "/api/v1/jobs/" + id + "/detections"))
                            .header("Accept", "application/gzip")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            String text = new String(
                    new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(),
                    StandardCharsets.UTF_8);
            return text.lines().map(RunningSystem::parse).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    void await(String what, Duration limit, java.util.function.BooleanSupplier condition) {
        long end = System.nanoTime() + limit.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                throw new AssertionError(what + ": not within " + limit + "\n" + tails());
            }
            try {
                TimeUnit.MILLISECONDS.sleep(50);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            interrupt();
        }
    }

    static JsonNode parse(String json) {
        try {
            return JSON.readTree(json);
        } catch (IOException e) {
            throw new UncheckedIOException(json, e);
        }
    }

    private HttpResponse<String> send(HttpRequest.Builder request) {
        try {
            return http.send(request.timeout(Duration.ofSeconds(20)).build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** What fq and the services said last: the first thing a person wants to see of a failed run. */
    private String tails() {
        StringBuilder text = new StringBuilder("fq: " + read(err));
        Path logs = data.resolve("logs");
        if (Files.isDirectory(logs)) {
            try (var files = Files.list(logs)) {
                files.sorted().forEach(f -> {
                    String log = read(f);
                    text.append("\n== ").append(f.getFileName()).append('\n');
                    text.append(log.substring(Math.max(0, log.length() - 2000)));
                });
            } catch (IOException e) {
                text.append(e);
            }
        }
        return text.toString();
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
