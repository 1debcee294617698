package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What programmers and operators are promised of a running system: the API's document, metrics and log lines. */
@Tag("long")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class OperatorST {
    private static final Duration LIMIT = Duration.ofMinutes(3);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final HttpClient HTTP = HttpClient.newHttpClient();

    /** Families of the libraries in the services, whose names are not ours. */
    private static final Pattern OURS = Pattern.compile("framequota_.*");

    private static final Pattern METRIC = Pattern.compile("framequota_[a-z0-9_]+");

    @TempDir
    static Path data;

    private RunningSystem system;
    private String job;
    private String failed;

    @BeforeAll
    void start() throws IOException {
        system = RunningSystem.up(data.resolve("up"));
        job = system.submit("sample:walkers", "people", 8).path("job").asText();
        assertThat(system.awaitEnd(job, LIMIT).path("state").asText()).isEqualTo("SUCCEEDED");
        Path text = Files.writeString(data.resolve("no-video.mp4"), "this is no video");
        failed = system.server()
                .upload(text, "people", Map.of("camera", "north"))
                .path("job")
                .asText();
        assertThat(system.awaitEnd(failed, LIMIT).path("state").asText()).isEqualTo("FAILED");
    }

    @AfterAll
    void stop() {
        if (system != null) {
            system.close();
        }
    }

    @Test
    void everyDocumentedAddressAnswersAsTheDocumentSays() throws Exception {
        JsonNode document = system.get("/q/openapi?format=json");
        Map<String, String> values = Map.of("id", job, "segment", "none", "name", "none");
        Set<String> checked = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                String method = operation.getKey().toUpperCase(java.util.Locale.ROOT);
                String name = method + " " + path.getKey();
                assertThat(operation.getValue().path("summary").asText())
                        .as(name)
                        .isNotBlank();
                if (!method.equals("GET")) {
                    continue;
                }
                String address = path.getKey();
                for (Map.Entry<String, String> value : values.entrySet()) {
                    address = address.replace("{" + value.getKey() + "}", value.getValue());
                }
                checkAnswer(
                        document,
                        name,
                        operation.getValue(),
                        HttpRequest.newBuilder(uri(address))
                                .timeout(Duration.ofSeconds(60))
                                .build());
                checked.add(path.getKey());
            }
        }
        assertThat(checked)
                .contains(
                        "/api/v1/jobs",
                        "/api/v1/jobs/{id}",
                        "/api/v1/allocation",
                        "/api/v1/workers",
                        "/api/v1/decisions",
                        "/api/v1/policies/shadow");
    }

    @Test
    void submissionsAreAnsweredAsTheDocumentSays() throws Exception {
        JsonNode document = system.get("/q/openapi?format=json");
        JsonNode submit = document.at("/paths/~1api~1v1~1jobs/post");
        assertThat(fieldNames(submit.at("/requestBody/content"))).contains("multipart/form-data", "application/json");
        assertThat(submit.path("responses").has("200")).isFalse();
        checkAnswer(
                document,
                "POST /api/v1/jobs",
                submit,
                HttpRequest.newBuilder(uri("/api/v1/jobs"))
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(
                                "{\"source\":\"sample:walkers\",\"every\":60,\"labels\":{\"a\":\"b\"}}"))
                        .build());
        for (String wrong : List.of("{\"source\":1}", "[]", "{\"source\":\"x\",\"unknown\":1}", "{\"every\":0}")) {
            checkAnswer(
                    document,
                    "POST " + wrong,
                    submit,
                    HttpRequest.newBuilder(uri("/api/v1/jobs"))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(wrong))
                            .build());
        }
        // The schema of a request knows exactly the keys that a request may have.
        JsonNode known = schemas(document).path("Submission").path("properties");
        String refusal = text(HttpRequest.newBuilder(uri("/api/v1/jobs"))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"nonsense\":1}"))
                .build());
        assertThat(Set.of(JSON.readTree(refusal)
                        .path("detail")
                        .asText()
                        .replaceFirst(".*known are ", "")
                        .split(", ")))
                .isEqualTo(Set.copyOf(fieldNames(known)));
        checkAnswer(
                document,
                "PUT policy",
                document.at("/paths/~1api~1v1~1policy/put"),
                HttpRequest.newBuilder(uri("/api/v1/policy"))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"policy\":\"auto\"}"))
                        .build());
        checkAnswer(
                document,
                "PUT policy nonsense",
                document.at("/paths/~1api~1v1~1policy/put"),
                HttpRequest.newBuilder(uri("/api/v1/policy"))
                        .header("Content-Type", "application/json")
                        .PUT(HttpRequest.BodyPublishers.ofString("{\"policy\":\"nonsense\"}"))
                        .build());
        assertThat(system.get("/api/v1/jobs?limit=1")).hasSize(1);
    }

    /** Sends a request and compares status, type and body with the document. */
    private void checkAnswer(JsonNode document, String name, JsonNode operation, HttpRequest request) throws Exception {
        HttpResponse<byte[]> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofByteArray());
        String status = Integer.toString(answer.statusCode());
        JsonNode responses = operation.path("responses");
        JsonNode response = responses.has(status) ? responses.path(status) : responses.path("default");
        assertThat(response.isMissingNode() || answer.statusCode() < 400 && !responses.has(status))
                .as(name + " answers " + status + ", which is not documented: " + responses)
                .isFalse();
        String type = answer.headers().firstValue("Content-Type").orElse("").replaceFirst(";.*", "");
        if (answer.statusCode() >= 400) {
            assertThat(type).as(name).isEqualTo("application/problem+json");
        }
        JsonNode content = response.path("content");
        // The source of a job has the type of what it is.
        if (!content.has("application/octet-stream")) {
            assertThat(fieldNames(content)).as(name + ": " + type).contains(type);
        }
        if (type.equals("application/json") || type.equals("application/problem+json")) {
            JsonNode body = JSON.readTree(answer.body());
            JsonNode schema = content.path(type).path("schema");
            assertThat(schema.isEmpty()).as(name + " has a schema").isFalse();
            assertThat(validate(document, schema, body))
                    .as(name + ": "
                            + body.toString()
                                    .substring(0, Math.min(1000, body.toString().length())))
                    .isEmpty();
        }
    }

    private static List<String> validate(JsonNode document, JsonNode schema, JsonNode body) {
        ObjectNode whole = JSON.createObjectNode();
        whole.set("components", closed(document.path("components").deepCopy()));
        whole.setAll((ObjectNode) schema.deepCopy());
        Schema checked = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(whole);
        return checked.validate(body).stream().map(Object::toString).toList();
    }

    /** Lets no object have a field that the document does not have. */
    private static JsonNode closed(JsonNode node) {
        if (node instanceof ObjectNode object) {
            object.properties().forEach(f -> closed(f.getValue()));
            if (object.path("properties").isObject()
                    && object.path("type").asText().equals("object")) {
                object.put("additionalProperties", false);
            }
        } else if (node instanceof ArrayNode array) {
            array.forEach(OperatorST::closed);
        }
        return node;
    }

    private static JsonNode schemas(JsonNode document) {
        return document.at("/components/schemas");
    }

    private static List<String> fieldNames(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private URI uri(String path) {
        return URI.create(system.url() + path);
    }

    private static String text(HttpRequest request) throws Exception {
        return HTTP.send(request, HttpResponse.BodyHandlers.ofString()).body();
    }

    @Test
    void metricsHaveHelpAndUnitsAndCountWhatHappened() throws Exception {
        Map<String, String> scraped = scraped();
        String ingest = scraped.get("ingest-service");
        assertThat(value(ingest, "framequota_jobs\\{state=\"SUCCEEDED\",?\\}")).isGreaterThanOrEqualTo(1);
        assertThat(value(ingest, "framequota_jobs\\{state=\"FAILED\",?\\}")).isGreaterThanOrEqualTo(1);
        assertThat(value(ingest, "framequota_jobs_ended_total\\{state=\"FAILED\",?\\}"))
                .isGreaterThanOrEqualTo(1);
        assertThat(value(ingest, "framequota_jobs_submitted_total")).isGreaterThanOrEqualTo(2);
        assertThat(value(ingest, "framequota_frames_in_total")).isGreaterThanOrEqualTo(15);
        assertThat(value(ingest, "framequota_frames_out_total")).isGreaterThanOrEqualTo(15);
        assertThat(value(ingest, "framequota_job_response_seconds_count")).isGreaterThanOrEqualTo(1);
        String workers = scraped.get("inference-service");
        List<String> stages = new ArrayList<>(List.of("intake", "preprocess", "postprocess", "publish"));
        if (system.job(job).path("frame_transport").asText().equals("packets")) {
            stages.add("decode");
        }
        for (String stage : stages) {
            String tags = "\\{stage=\"" + stage + "\",worker=\"[^\"]+\",?\\}";
            assertThat(value(workers, "framequota_stage_in_total" + tags))
                    .as(stage)
                    .isGreaterThan(0);
            assertThat(value(workers, "framequota_stage_busy_seconds_total" + tags))
                    .as(stage)
                    .isGreaterThan(0);
            assertThat(value(workers, "framequota_stage_queue_length" + tags))
                    .as(stage)
                    .isGreaterThanOrEqualTo(0);
        }
        String scheduler = scraped.get("scheduler");
        assertThat(value(scheduler, "framequota_scheduler_decision_seconds_count"))
                .isGreaterThan(0);
        assertThat(value(scheduler, "framequota_scheduler_leads")).isEqualTo(1);
        scraped.forEach((process, text) -> {
            Map<String, String> help = families(text, "# HELP ");
            families(text, "# TYPE ").forEach((family, type) -> {
                if (OURS.matcher(family).matches()) {
                    assertThat(help.getOrDefault(family, "").strip())
                            .as("help of " + family + " of " + process)
                            .isNotEmpty();
                    assertThat(type.equals("counter"))
                            .as(family + " is a " + type)
                            .isEqualTo(family.endsWith("_total"));
                }
            });
        });
        promtool(scraped);
    }

    private static boolean hasPromtool() throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v promtool >/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    /** What the users' own tool says of our families, where it is there. */
    private static void promtool(Map<String, String> scraped) throws Exception {
        if (!hasPromtool()) {
            return;
        }
        for (Map.Entry<String, String> process : scraped.entrySet()) {
            Path file = Files.writeString(data.resolve(process.getKey() + ".prom"), process.getValue());
            Process tool = new ProcessBuilder("promtool", "check", "metrics")
                    .redirectInput(file.toFile())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(said).doesNotContain("error while linting");
            assertThat(said.lines().filter(l -> l.startsWith("framequota_")))
                    .as(process.getKey())
                    .isEmpty();
        }
    }

    @Test
    void everyQueryOfTheDashboardAndTheAlertsHasItsMetric() throws Exception {
        Set<String> known = new TreeSet<>();
        scraped()
                .values()
                .forEach(text -> text.lines()
                        .filter(l -> !l.startsWith("#"))
                        .forEach(l -> known.add(l.replaceFirst("[{ ].*", ""))));
        // What only a system under quotas, with streams or with forecasts shows.
        known.addAll(Set.of(
                "framequota_worker_throttled_seconds",
                "framequota_worker_quota_millicores",
                "framequota_worker_allocation_millicores"));
        Path files = Path.of("../helm/framequota/files");
        for (String name : List.of("dashboard.json", "alerts.yaml")) {
            String text = Files.readString(files.resolve(name));
            Set<String> used = new LinkedHashSet<>();
            Matcher metric = METRIC.matcher(text);
            while (metric.find()) {
                used.add(metric.group());
            }
            assertThat(used).as(name).hasSizeGreaterThan(5).isSubsetOf(known);
        }
        JSON.readTree(files.resolve("dashboard.json").toFile());
        if (hasPromtool()) {
            Process tool = new ProcessBuilder(
                            "promtool",
                            "check",
                            "rules",
                            files.resolve("alerts.yaml").toString())
                    .redirectErrorStream(true)
                    .start();
            String said = new String(tool.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(tool.waitFor(60, TimeUnit.SECONDS)).isTrue();
            assertThat(tool.exitValue()).as(said).isZero();
        }
    }

    @Test
    void everyExampleRuns() throws Exception {
        Map<String, String> said = new TreeMap<>();
        try (var files = Files.list(Path.of("../examples"))) {
            for (Path example : files.filter(f -> !f.toString().endsWith(".md")).toList()) {
                assertThat(example).isExecutable();
                ProcessBuilder builder = new ProcessBuilder(example.toString());
                builder.environment().put("FQ_SERVER", system.url());
                Process process =
                        builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
                String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
                assertThat(process.waitFor()).as(example + ": " + text).isZero();
                said.put(example.getFileName().toString(), text);
            }
        }
        assertThat(said).containsOnlyKeys("detect.sh", "detect.py", "who-has-the-cores.py");
        assertThat(said.get("detect.sh")).contains("person");
        assertThat(said.get("detect.py")).contains("frame 8: ").contains("SUCCEEDED: 15 frames, {'person': ");
        assertThat(said.get("who-has-the-cores.py")).contains(" millicores\n");
        String readme = Files.readString(Path.of("../examples/README.md"));
        assertThat(said.keySet()).allMatch(readme::contains);
    }

    /** The metrics of each process that says in {@code fq status} where they are. */
    private Map<String, String> scraped() throws Exception {
        Fq.Ended status =
                Fq.run(LIMIT, "status", "--json", "--data", data.resolve("up").toString());
        Map<String, String> all = new LinkedHashMap<>();
        for (JsonNode process : Server.parse(status.out()).path("processes")) {
            int port = process.path("httpPort").asInt();
            if (port > 0) {
                all.put(
                        process.path("name").asText(),
                        text(HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/q/metrics"))
                                .header("Accept", "text/plain")
                                .build()));
            }
        }
        assertThat(all).containsOnlyKeys("ingest-service", "scheduler", "inference-service");
        return all;
    }

    /** The largest value of the samples whose name and labels match. */
    private static double value(String metrics, String sample) {
        return Pattern.compile("^" + sample + " (\\S+)$", Pattern.MULTILINE)
                .matcher(metrics)
                .results()
                .mapToDouble(m -> Double.parseDouble(m.group(1)))
                .max()
                .orElse(Double.NaN);
    }

    private static Map<String, String> families(String metrics, String comment) {
        Map<String, String> families = new TreeMap<>();
        metrics.lines().filter(l -> l.startsWith(comment)).forEach(l -> {
            String[] words = l.substring(comment.length()).split(" ", 2);
            families.put(words[0], words.length == 1 ? "" : words[1]);
        });
        return families;
    }

    @Test
    void theLogTellsTheStoryOfEachJobInOneFormat() throws IOException {
        Path logs = data.resolve("up/logs");
        String ingest = Files.readString(logs.resolve("ingest-service.log"));
        assertThat(ingest)
                .containsPattern("INFO +\\[JobStory\\] job " + job + ": submitted: sample:walkers, model people")
                .containsPattern("job " + job + ": about 15 frames to infer; they travel as ")
                .containsPattern("job " + job + ": started")
                .containsPattern("job " + job + ": SUCCEEDED after [0-9.]+ s with 15 frames and [0-9]+ detections")
                .containsPattern("job " + failed + ": FAILED after [0-9.]+ s: .+");
        for (String name : List.of("ingest-service", "scheduler", "inference-service")) {
            List<String> lines = Files.readAllLines(logs.resolve(name + ".log"));
            assertThat(lines).as(name).allMatch(l -> l.length() < 2000).noneMatch(l -> l.contains(" DEBUG "));
            assertThat(lines.stream().filter(l -> l.matches(".* (INFO|WARN|ERROR) .*")))
                    .as(name)
                    .isNotEmpty()
                    .allMatch(l -> l.matches(
                            "\\d{4}-\\d\\d-\\d\\d \\d\\d:\\d\\d:\\d\\d\\.\\d{3} (INFO |WARN |ERROR) \\[\\w+] .*"));
        }
    }
}
