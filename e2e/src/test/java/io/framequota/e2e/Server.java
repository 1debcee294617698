package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.LongStream;
import java.util.zip.GZIPInputStream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/** What a test asks of a system's public door, wherever the system runs. */
final class Server {
    private static final ObjectMapper JSON = new ObjectMapper();
    private final HttpClient http = HttpClient.newHttpClient();
    private final String url;
    private final Supplier<String> report;
    private volatile String key = "";

    /**
     * @param url of ingest-service
     * @param report what a person wants to see of the system when something does not happen in time
     */
    Server(String url, Supplier<String> report) {
        this.url = url;
        this.report = report;
    }

    /** A port of this machine that nobody listens on now. */
    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return url;
    }

    /** Shows this API key from now on. */
    void key(String shown) {
        key = shown;
    }

    private HttpRequest.Builder request(String address) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address));
        return key.isEmpty() ? request : request.header("Authorization", "Bearer " + key);
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
        HttpResponse<String> answer = send(request(url + "/api/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body)));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
        return parse(answer.body());
    }

    /** The same with labels; what the server answers. */
    HttpResponse<String> submit(String source, String model, int every, Map<String, String> labels) {
        ObjectNode body = JSON.createObjectNode()
                .put("source", source)
                .put("model", model)
                .put("every", every);
        ObjectNode given = body.putObject("labels");
        labels.forEach(given::put);
        return send(request(url + "/api/v1/jobs")
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString())));
    }

    /** Uploads a file. */
    JsonNode upload(Path file, String model, Map<String, String> labels) {
        List<Map.Entry<String, String>> fields = new ArrayList<>(List.of(Map.entry("model", model)));
        labels.forEach((k, v) -> fields.add(Map.entry("label", k + "=" + v)));
        return upload(file, fields);
    }

    /** Uploads a file with parts by name. */
    JsonNode upload(Path file, Map<String, String> fields) {
        return upload(file, List.copyOf(fields.entrySet()));
    }

    private JsonNode upload(Path file, List<Map.Entry<String, String>> fields) {
        String boundary = "------------------------e2e";
        StringBuilder parts = new StringBuilder();
        fields.forEach(f -> parts.append("--" + boundary + "\r\nContent-Disposition: form-data; name=\"" + f.getKey()
                + "\"\r\n\r\n" + f.getValue() + "\r\n"));
        parts.append("--" + boundary + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                + file.getFileName() + "\"\r\nContent-Type: video/mp4\r\n\r\n");
        try {
            HttpResponse<String> answer = send(request(url + "/api/v1/jobs")
                    .header("Content-Type", "multipart/form-data; boundary=" + boundary)
                    .POST(HttpRequest.BodyPublishers.concat(
                            HttpRequest.BodyPublishers.ofString(parts.toString()),
                            HttpRequest.BodyPublishers.ofFile(file),
                            HttpRequest.BodyPublishers.ofString("\r\n--" + boundary + "--\r\n"))));
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
            return parse(answer.body());
        } catch (FileNotFoundException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode job(String id) {
        return get("/api/v1/jobs/" + id);
    }

    JsonNode get(String path) {
        return parse(text(path));
    }

    /** What is answered, as it is. */
    String text(String path) {
        HttpResponse<String> answer = send(request(url + path));
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return answer.body();
    }

    /** Whether the door answers 200; a door that is away does not. */
    boolean answers(String path) {
        try {
            return send(request(url + path)).statusCode() == 200;
        } catch (UncheckedIOException e) {
            return false;
        }
    }

    JsonNode put(String path, String json) {
        HttpResponse<String> answer = send(request(url + path)
                .header("Content-Type", "application/json")
                .PUT(HttpRequest.BodyPublishers.ofString(json)));
        assertThat(answer.statusCode()).as(path + ": " + answer.body()).isEqualTo(200);
        return parse(answer.body());
    }

    /** Lets a failed or cancelled job go on. */
    void redrive(String id) {
        HttpResponse<String> answer = send(HttpRequest.newBuilder(URI.create(url + "/api/v1/jobs/" + id + "/redrive"))
                .POST(HttpRequest.BodyPublishers.noBody()));
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(202);
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
        return result(id).lines().map(Server::parse).toList();
    }

    /** The result's text. */
    String result(String id) {
        try {
            HttpResponse<byte[]> answer = http.send(
                    request(url + "/api/v1/jobs/" + id + "/detections")
                            .header("Accept", "application/gzip")
                            .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
            assertThat(answer.statusCode()).isEqualTo(200);
            return new String(
                    new GZIPInputStream(new ByteArrayInputStream(answer.body())).readAllBytes(),
                    StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Waits for a condition; a failure contains the report. */
    void await(String what, Duration limit, BooleanSupplier condition) {
        try {
            Awaitility.await(what)
                    .atMost(limit)
                    .pollDelay(Duration.ZERO)
                    .pollInterval(Duration.ofMillis(50))
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(what + ": not within " + limit + "\n" + report.get(), e);
        }
    }

    /** Waits until a job has a committed chunk and returns it; fails when it has no more to come then. */
    JsonNode awaitMiddle(String id, Duration limit) {
        JsonNode middle = awaitJob(
                id,
                "has a committed chunk",
                limit,
                j -> j.path("chunks_committed").asInt() > 0);
        assertThat(middle.path("state").asText())
                .as("the fault must come in the middle: " + middle)
                .isEqualTo("RUNNING");
        return middle;
    }

    /** The job succeeded, and its result has every Nth frame once, in order. */
    void assertEveryFrameOnce(JsonNode end, int every) {
        assertThat(end.path("state").asText()).as(end.toString()).isEqualTo("SUCCEEDED");
        assertThat(lines(end.path("job").asText()).stream()
                        .map(line -> line.path("frame").asLong())
                        .toList())
                .isEqualTo(LongStream.range(0, end.path("frames").asLong())
                        .map(i -> i * every)
                        .boxed()
                        .toList());
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
}
