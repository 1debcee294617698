package io.framequota.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.UnknownHostException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * ingest-service over REST. Every method blocks, may be interrupted, and turns what the server refuses into a
 * {@link Failure} with the server's own words: 4xx into wrong use, 5xx into failed work. Safe for use by several threads.
 */
public final class ServerClient implements AutoCloseable {
    /** Jobs that the server puts into one list. */
    private static final int LIST_LIMIT = 1000;

    private static final String ELSE = ": is it Framequota's? correct --server or FQ_SERVER";
    private static final String PAGE = " with a web page" + ELSE;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);
    private final String base;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** A client of the server at this URL. */
    public ServerClient(String url) {
        String trimmed = url.replaceAll("/+$", "");
        try {
            URI uri = URI.create(trimmed);
            if (uri.getHost() == null
                    || uri.getPort() > 65535
                    || !String.valueOf(uri.getScheme()).matches("https?")) {
                throw Failure.use("not a server's URL: " + url + ": give one like http://127.0.0.1:8080");
            }
        } catch (IllegalArgumentException e) {
            throw Failure.use("not a server's URL: " + url + ": give one like http://127.0.0.1:8080");
        }
        base = trimmed;
    }

    /** Submits a source; the answer comes at once, for a file after its upload. */
    public JobStatus submit(Source source, Submission submission) throws InterruptedException {
        return new JobStatus(send("/api/v1/jobs", source, submission));
    }

    /**
     * Whether a job of a source would end in time if it were submitted now; it is not.
     *
     * @param deadline a time such as {@code 30s}, null for any
     */
    public JsonNode wouldFit(Source source, Submission submission, @Nullable String deadline)
            throws InterruptedException {
        return send(
                "/api/v1/forecast" + (deadline == null ? "" : "?deadline=" + segment(deadline)), source, submission);
    }

    private JsonNode send(String path, Source source, Submission submission) throws InterruptedException {
        HttpRequest.Builder request = request(path);
        if (submission.idempotencyKey() != null) {
            request.header("Idempotency-Key", submission.idempotencyKey());
        }
        return switch (source) {
            case Source.LocalFile file -> upload(file, request, submission);
            case Source.Remote remote ->
                parse(send(request.header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body(remote, submission).toString()))));
        };
    }

    private JsonNode upload(Source.LocalFile file, HttpRequest.Builder request, Submission submission)
            throws InterruptedException {
        try (SourceUpload upload = new SourceUpload(file)) {
            try {
                MultipartBody body =
                        new MultipartBody(fields(submission), FileNames.shown(file.fileName()), upload.body());
                request.header("Content-Type", body.contentType()).POST(body.body());
            } catch (IOException e) {
                throw Failure.use("cannot read " + file.text() + ": " + Failure.words(e));
            }
            try {
                return parse(send(request));
            } catch (Failure e) {
                upload.check();
                throw e;
            }
        }
    }

    private static List<Map.Entry<String, String>> fields(Submission submission) {
        List<Map.Entry<String, String>> fields = new ArrayList<>();
        fields.add(Map.entry("model", submission.model()));
        fields.add(Map.entry("every", Integer.toString(submission.every())));
        if (submission.stream() != null) {
            fields.add(Map.entry("stream", Integer.toString(submission.stream())));
        }
        submission.labels().forEach((k, v) -> fields.add(Map.entry("label", k + "=" + v)));
        return fields;
    }

    private static ObjectNode body(Source.Remote source, Submission submission) {
        ObjectNode body = JSON.createObjectNode();
        body.put("source", source.text()).put("model", submission.model()).put("every", submission.every());
        if (submission.stream() != null) {
            body.put("stream", submission.stream());
        }
        if (!submission.labels().isEmpty()) {
            ObjectNode labels = body.putObject("labels");
            submission.labels().forEach(labels::put);
        }
        return body;
    }

    /** A job as it is now. */
    public JobStatus job(String id) throws InterruptedException {
        return new JobStatus(get(jobPath(id)));
    }

    /** Jobs of a list, and whether there are older ones behind the last. */
    public record Page(List<JobStatus> jobs, boolean more) {}

    /**
     * Jobs, the newest first, {@value #LIST_LIMIT} at most, fewer where their texts are long.
     *
     * @param state only those in this state; empty for all
     * @param before only those that came before this job; empty for the newest
     */
    public Page jobs(String state, String before) throws InterruptedException {
        List<String> wanted = new ArrayList<>();
        if (!state.isEmpty()) {
            wanted.add("state=" + segment(state));
        }
        if (!before.isEmpty()) {
            wanted.add("before=" + segment(before));
        }
        HttpResponse<String> response =
                answer(request("/api/v1/jobs" + (wanted.isEmpty() ? "" : "?" + String.join("&", wanted)))
                        .GET());
        JsonNode answer = parse(response.body());
        List<JobStatus> jobs = new ArrayList<>();
        (answer.isArray() ? answer : answer.path("jobs")).forEach(j -> jobs.add(new JobStatus(j)));
        boolean next = response.headers().allValues("Link").stream().anyMatch(l -> l.contains("rel=\"next\""));
        // A server of an earlier release says nothing of a next page.
        return new Page(jobs, !jobs.isEmpty() && (next || jobs.size() == LIST_LIMIT));
    }

    /** Cancels a job. */
    public JobStatus cancel(String id) throws InterruptedException {
        return new JobStatus(parse(send(request(jobPath(id) + "/cancel").POST(BodyPublishers.noBody()))));
    }

    /** Runs what is missing of a failed job. */
    public JobStatus redrive(String id) throws InterruptedException {
        return new JobStatus(parse(send(request(jobPath(id) + "/redrive").POST(BodyPublishers.noBody()))));
    }

    /** Any JSON resource. */
    public JsonNode get(String path) throws InterruptedException {
        return parse(send(request(path).GET()));
    }

    /** Replaces a resource and returns the answer. */
    public JsonNode put(String path, JsonNode body) throws InterruptedException {
        return parse(send(request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.toString()))));
    }

    /**
     * A resource as bytes while they come. The caller closes the stream. A read that cannot go on throws {@link Failure};
     * when the reason is an interrupt the thread's flag is set again.
     *
     * @param accept the media type asked for
     */
    public InputStream open(String path, String accept) throws InterruptedException {
        try {
            HttpResponse<InputStream> answer = http.send(
                    HttpRequest.newBuilder(URI.create(base + path))
                            .header("Accept", accept)
                            .GET()
                            .build(),
                    BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                try (InputStream in = answer.body()) {
                    throw refused(answer.statusCode(), new String(in.readNBytes(1 << 16), StandardCharsets.UTF_8));
                }
            }
            return new ResponseStream(answer.body(), base);
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /** Hands on every change of a job, starting with what it is now, until the job or the listener has had enough. */
    public void watch(String id, Predicate<JobStatus> goesOn) throws InterruptedException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(open(jobPath(id) + "/events", "text/event-stream"), StandardCharsets.UTF_8))) {
            StringBuilder data = new StringBuilder();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (line.startsWith("data:")) {
                    data.append(line.substring(5).strip());
                } else if (line.isEmpty() && !data.isEmpty()) {
                    JobStatus job = new JobStatus(parse(data.toString()));
                    data.setLength(0);
                    if (!goesOn.test(job)) {
                        return;
                    }
                }
            }
        } catch (Failure e) {
            if (Thread.interrupted()) {
                throw new InterruptedException();
            }
            throw e;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    @Override
    public void close() {
        http.shutdownNow();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(base + path)).header("Accept", "application/json");
    }

    private String send(HttpRequest.Builder request) throws InterruptedException {
        return answer(request).body();
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) throws InterruptedException {
        try {
            // An upload takes as long as it takes; anything else is answered soon.
            HttpRequest built = request.build();
            boolean upload =
                    built.headers().firstValue("Content-Type").orElse("").startsWith("multipart/");
            HttpResponse<String> answer =
                    http.send(upload ? built : request.timeout(ANSWER_LIMIT).build(), BodyHandlers.ofString());
            if (answer.statusCode() / 100 != 2) {
                throw refused(answer.statusCode(), answer.body());
            }
            return answer;
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    private Failure unreachable(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return Failure.work("there is no host " + URI.create(base).getHost()
                        + " that is known here: correct --server or FQ_SERVER");
            }
        }
        if (e instanceof ConnectException || e instanceof java.net.http.HttpConnectTimeoutException) {
            return Failure.work(
                    "no server answers at " + base + ": start one with fq up, or name one with --server URL");
        }
        return Failure.work("the server at " + base + " does not answer: " + Failure.words(e));
    }

    /** The server's own words (RFC 9457), whatever else it sends. */
    static Failure refused(int status, String body) {
        String words = "";
        try {
            JsonNode problem = JSON.readTree(body);
            words = problem.path("detail").asText(problem.path("title").asText(""));
        } catch (JsonProcessingException e) {
            words = isPage(body)
                    ? "the server answered " + status + PAGE
                    : body.lines().findFirst().orElse("");
        }
        String message = words.isBlank() ? "the server answered " + status : words.strip();
        return status / 100 == 4 ? Failure.use(message) : Failure.work(message);
    }

    private static JsonNode parse(String body) {
        try {
            JsonNode answer = JSON.readTree(body);
            if (!answer.isMissingNode()) {
                return answer;
            }
        } catch (JsonProcessingException e) {
            // Answered below, with an answer that is empty.
        }
        throw Failure.work("the server answered" + (isPage(body) ? PAGE : " with something else than JSON" + ELSE));
    }

    private static boolean isPage(String body) {
        return body.stripLeading().startsWith("<");
    }

    private static String jobPath(String id) {
        if (id.isBlank() || id.equals(".") || id.equals("..")) {
            throw Failure.use("there is no job '" + id + "': fq jobs lists them");
        }
        return "/api/v1/jobs/" + segment(id);
    }

    /** A path segment of what the user wrote. */
    static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
