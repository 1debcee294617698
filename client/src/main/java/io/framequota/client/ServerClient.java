package io.framequota.client;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.common.failure.Failure;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A client of ingest-service's REST API. Each method blocks and can be interrupted. An error response becomes a
 * {@link Failure} with the server's message: 4xx wrong use, 5xx failed work. Thread-safe.
 */
public final class ServerClient implements AutoCloseable {
    /** Most jobs that the server returns in one list. */
    private static final int LIST_LIMIT = 1000;

    private static final Pattern SHORT_ID = Pattern.compile("[0-9a-f]{1,15}");

    /** Most jobs that an error about an ambiguous id names. */
    private static final int CANDIDATES = 5;

    private static final String NOT_FRAMEQUOTA = ": it may not be a Framequota server; correct --server or FQ_SERVER";
    private static final String WEB_PAGE = " with a web page" + NOT_FRAMEQUOTA;
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Duration ANSWER_LIMIT = Duration.ofSeconds(60);

    /** An interrupted command ends within 10 s. */
    private static final Duration LAST_ANSWER = Duration.ofSeconds(5);

    private static final Pattern KEY = Pattern.compile("[!-~]{1,512}");

    private final String base;
    private final @Nullable String key;
    private final HttpClient http = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    /** Creates a client of the server at this URL, which asks for no key. */
    public ServerClient(String url) {
        this(url, null);
    }

    /**
     * Creates a client of the server at this URL.
     *
     * @param key API key to send with every request, null for none
     */
    public ServerClient(String url, @Nullable String key) {
        if (key != null && !KEY.matcher(key).matches()) {
            throw Failure.use("the key has characters that no key has: give it as fq key create printed it");
        }
        this.key = key;
        String trimmed = url.replaceAll("/+$", "");
        try {
            URI uri = URI.create(trimmed);
            if (uri.getHost() == null
                    || uri.getPort() > 65535
                    || !String.valueOf(uri.getScheme()).matches("https?")) {
                throw Failure.use("not the URL of a server: " + url + ": give one such as http://127.0.0.1:8080");
            }
        } catch (IllegalArgumentException e) {
            throw Failure.use("not the URL of a server: " + url + ": give one such as http://127.0.0.1:8080");
        }
        base = trimmed;
    }

    /**
     * Submits a source and returns the queued job. Uploads a local file first. An interrupt ends this only while the server cannot
     * have created the job; afterwards the job is returned, and the thread's interrupt flag is set.
     */
    public JobStatus submit(Source source, Submission submission) throws InterruptedException {
        HttpRequest.Builder request = request("/api/v1/jobs", submission);
        return new JobStatus(
                switch (source) {
                    case Source.LocalFile file -> upload(new SourceUpload(file), request, submission, true);
                    case Source.LocalFolder folder -> upload(new FolderUpload(folder), request, submission, true);
                    case Source.Remote remote ->
                        parse(answerOrStop(withJson(request, body("source", remote.text(), submission)), () -> false));
                });
    }

    /**
     * Submits a stream as a live job and returns it; an interrupt is treated as in {@link #submit}.
     *
     * @param source an address or {@code listen:KEY}
     * @param publish rtmp address for the annotated stream, empty for none
     * @param hls whether the annotated stream is offered as HLS
     */
    public JobStatus submitLive(String source, String publish, boolean hls, Submission submission)
            throws InterruptedException {
        ObjectNode body = body("source", source, submission).put("live", true);
        if (!publish.isEmpty()) {
            body.put("publish", publish);
        }
        if (hls) {
            body.put("hls", true);
        }
        return new JobStatus(parse(answerOrStop(withJson(request("/api/v1/jobs", submission), body), () -> false)));
    }

    /** Submits the stored source of another job again and returns the queued job; an interrupt is treated as in {@link #submit}. */
    public JobStatus submitAgain(String job, Submission submission) throws InterruptedException {
        ObjectNode body = body("again", jobId(job), submission);
        return new JobStatus(parse(answerOrStop(withJson(request("/api/v1/jobs", submission), body), () -> false)));
    }

    private static HttpRequest.Builder withJson(HttpRequest.Builder request, ObjectNode body) {
        return request.header("Content-Type", "application/json")
                .timeout(ANSWER_LIMIT)
                .POST(BodyPublishers.ofString(body.toString()));
    }

    private HttpRequest.Builder request(String path, Submission submission) {
        HttpRequest.Builder request = request(path);
        return submission.idempotencyKey() == null
                ? request
                : request.header("Idempotency-Key", submission.idempotencyKey());
    }

    /**
     * Asks whether a job of a source would end in time, without submitting it.
     *
     * @param deadline a duration such as {@code 30s}, null for none
     */
    public JsonNode wouldFit(Source source, Submission submission, @Nullable String deadline)
            throws InterruptedException {
        HttpRequest.Builder request =
                request("/api/v1/forecast" + (deadline == null ? "" : "?deadline=" + segment(deadline)), submission);
        return switch (source) {
            case Source.LocalFile file -> upload(new SourceUpload(file), request, submission, false);
            case Source.LocalFolder folder -> upload(new FolderUpload(folder), request, submission, false);
            case Source.Remote remote -> parse(send(withJson(request, body("source", remote.text(), submission))));
        };
    }

    private JsonNode upload(Upload source, HttpRequest.Builder request, Submission submission, boolean createsJob)
            throws InterruptedException {
        try (Upload upload = source) {
            try {
                MultipartBody body = new MultipartBody(fields(submission), upload.fileName(), upload.body());
                request.header("Content-Type", body.contentType()).POST(body.body());
            } catch (IOException e) {
                throw Failure.use("cannot read " + upload.text() + ": " + Failure.words(e));
            }
            try {
                return parse(answerOrStop(request, () -> upload.stop() || !createsJob));
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
        if (!submission.transport().equals(Submission.AUTO)) {
            fields.add(Map.entry("transport", submission.transport()));
        }
        if (!submission.projection().equals(Submission.AUTO)) {
            fields.add(Map.entry("projection", submission.projection()));
        }
        if (submission.track()) {
            fields.add(Map.entry("track", "true"));
        }
        submission.zones().forEach(zone -> fields.add(Map.entry("zone", zone)));
        submission.labels().forEach((k, v) -> fields.add(Map.entry("label", k + "=" + v)));
        return fields;
    }

    private static ObjectNode body(String from, String source, Submission submission) {
        ObjectNode body = JSON.createObjectNode();
        body.put(from, source).put("model", submission.model()).put("every", submission.every());
        if (!submission.transport().equals(Submission.AUTO)) {
            body.put("transport", submission.transport());
        }
        if (!submission.projection().equals(Submission.AUTO)) {
            body.put("projection", submission.projection());
        }
        if (submission.track()) {
            body.put("track", true);
        }
        if (!submission.zones().isEmpty()) {
            ArrayNode zones = body.putArray("zone");
            submission.zones().forEach(zones::add);
        }
        if (submission.stream() != null) {
            body.put("stream", submission.stream());
        }
        if (!submission.labels().isEmpty()) {
            ObjectNode labels = body.putObject("labels");
            submission.labels().forEach(labels::put);
        }
        return body;
    }

    /**
     * Resolves the beginning of a job's id. An id of full length, and text that cannot begin one, is returned as it is.
     *
     * @throws Failure several jobs' ids begin so; the message names some
     */
    public String jobId(String beginning) throws InterruptedException {
        if (!SHORT_ID.matcher(beginning).matches()) {
            return beginning;
        }
        List<String> found = new ArrayList<>();
        Page page = new Page(List.of(), true);
        while (page.more() && found.size() <= CANDIDATES) {
            page = jobs("", page.jobs().isEmpty() ? "" : page.jobs().getLast().id());
            page.jobs().stream()
                    .map(JobStatus::id)
                    .filter(id -> id.startsWith(beginning))
                    .forEach(found::add);
        }
        if (found.contains(beginning)) {
            return beginning;
        }
        if (found.size() > 1) {
            throw Failure.use("the ids of several jobs begin with " + beginning + ": "
                    + String.join(", ", found.subList(0, Math.min(CANDIDATES, found.size())))
                    + (found.size() > CANDIDATES ? ", ..." : "") + "; give more of the id");
        }
        return found.isEmpty() ? beginning : found.getFirst();
    }

    /** The current state of a job. */
    public JobStatus job(String id) throws InterruptedException {
        return new JobStatus(get(jobPath(id)));
    }

    /** A list of jobs, and whether there are older jobs. */
    public record Page(List<JobStatus> jobs, boolean more) {}

    /**
     * Lists jobs, newest first: at most {@value #LIST_LIMIT}, fewer if they are large.
     *
     * @param state only jobs in this state; empty for all
     * @param before only jobs submitted before this job; empty for the newest
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
        List<JobStatus> jobs = new ArrayList<>();
        parse(response.body()).forEach(job -> jobs.add(new JobStatus(job)));
        boolean next = response.headers().allValues("Link").stream().anyMatch(l -> l.contains("rel=\"next\""));
        // A server of an earlier release sends no Link header.
        return new Page(jobs, !jobs.isEmpty() && (next || jobs.size() == LIST_LIMIT));
    }

    /** Cancels a job. */
    public JobStatus cancel(String id) throws InterruptedException {
        return new JobStatus(parse(send(request(jobPath(id) + "/cancel").POST(BodyPublishers.noBody()))));
    }

    /** Runs the missing chunks of a failed job. */
    public JobStatus redrive(String id) throws InterruptedException {
        return new JobStatus(parse(send(request(jobPath(id) + "/redrive").POST(BodyPublishers.noBody()))));
    }

    /** Reads a JSON resource. */
    public JsonNode get(String path) throws InterruptedException {
        return parse(send(request(path).GET()));
    }

    /** Creates a resource and returns the response. */
    public JsonNode post(String path, JsonNode body) throws InterruptedException {
        return parse(send(request(path)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body.toString()))));
    }

    /** Deletes a resource. */
    public void delete(String path) throws InterruptedException {
        send(request(path).DELETE());
    }

    /** Replaces a resource and returns the response. */
    public JsonNode put(String path, JsonNode body) throws InterruptedException {
        return parse(send(request(path)
                .header("Content-Type", "application/json")
                .PUT(BodyPublishers.ofString(body.toString()))));
    }

    /**
     * Streams a resource. The caller closes the stream. A failed read throws {@link Failure}; if an interrupt was the reason,
     * the thread's interrupt flag is set.
     *
     * @param accept the wanted media type
     */
    public InputStream open(String path, String accept) throws InterruptedException {
        try {
            HttpResponse<InputStream> answer =
                    http.send(request(path, accept).GET().build(), BodyHandlers.ofInputStream());
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

    /** Receives a line of a live job's result. */
    public interface LiveLines {
        /**
         * Takes a line.
         *
         * @param frame number of the last frame that this line, or one before it, accounts for
         * @param line JSON
         * @return whether further lines are wanted
         */
        boolean line(long frame, String line);

        /** Told that the server left lines out because they were read too slowly. */
        void missed(String count);
    }

    /**
     * Passes on the lines of a live job's result as they come, until the job ends, the connection does or no further line is wanted.
     *
     * @param watching called once, when no further line can be missed
     */
    public void watchLines(String id, Runnable watching, LiveLines sink) throws InterruptedException {
        try (BufferedReader lines = new BufferedReader(
                new InputStreamReader(open(jobPath(id) + "/live", "text/event-stream"), StandardCharsets.UTF_8))) {
            boolean first = true;
            String event = "";
            long frame = -1;
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                if (first) {
                    first = false;
                    watching.run();
                }
                if (line.startsWith("event: ")) {
                    event = line.substring(7);
                } else if (line.startsWith("id: ")) {
                    frame = Long.parseLong(line.substring(4));
                } else if (line.startsWith("data: ")) {
                    String data = line.substring(6);
                    if (event.equals("missed")) {
                        sink.missed(parse(data).path("lines").asText());
                    } else if (!sink.line(frame, data)) {
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

    /** Passes on a job's current state and every change, until the stream ends or {@code goesOn} returns false. */
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
        return request(path, "application/json");
    }

    private HttpRequest.Builder request(String path, String accept) {
        HttpRequest.Builder request =
                HttpRequest.newBuilder(URI.create(base + path)).header("Accept", accept);
        return key == null ? request : request.header("Authorization", "Bearer " + key);
    }

    private String send(HttpRequest.Builder request) throws InterruptedException {
        return answer(request).body();
    }

    private HttpResponse<String> answer(HttpRequest.Builder request) throws InterruptedException {
        try {
            return accepted(http.send(request.timeout(ANSWER_LIMIT).build(), BodyHandlers.ofString()));
        } catch (IOException e) {
            throw unreachable(e);
        }
    }

    /**
     * Sends a request that may take any time.
     *
     * @param stop asked when interrupted: whether the server will not carry the request out. If not, its answer is returned, if it
     *     comes soon, and the thread's interrupt flag is set
     */
    private String answerOrStop(HttpRequest.Builder request, BooleanSupplier stop) throws InterruptedException {
        if (Thread.interrupted()) {
            throw new InterruptedException();
        }
        CompletableFuture<HttpResponse<String>> answer = http.sendAsync(request.build(), BodyHandlers.ofString());
        try {
            try {
                return accepted(answer.get()).body();
            } catch (InterruptedException e) {
                if (stop.getAsBoolean()) {
                    throw e;
                }
                String body = accepted(answer.get(LAST_ANSWER.toMillis(), TimeUnit.MILLISECONDS))
                        .body();
                Thread.currentThread().interrupt();
                return body;
            }
        } catch (TimeoutException e) {
            throw new InterruptedException();
        } catch (ExecutionException e) {
            throw unreachable(e.getCause() instanceof IOException io ? io : new IOException(e.getCause()));
        } finally {
            answer.cancel(true);
        }
    }

    private static HttpResponse<String> accepted(HttpResponse<String> answer) {
        if (answer.statusCode() / 100 != 2) {
            throw refused(answer.statusCode(), answer.body());
        }
        return answer;
    }

    private Failure unreachable(IOException e) {
        for (Throwable cause = e; cause != null; cause = cause.getCause()) {
            if (cause instanceof UnresolvedAddressException || cause instanceof UnknownHostException) {
                return Failure.work(
                        "the host " + URI.create(base).getHost() + " is unknown: correct --server or FQ_SERVER");
            }
        }
        if (e instanceof ConnectException || e instanceof java.net.http.HttpConnectTimeoutException) {
            return Failure.work(
                    "no server answers at " + base + ": start one with fq up, or name one with --server URL");
        }
        return Failure.work("the server at " + base + " does not answer: " + Failure.words(e));
    }

    /** The failure for an error response, with the message of its problem details (RFC 9457) if it has any. */
    static Failure refused(int status, String body) {
        String words = "";
        try {
            JsonNode problem = JSON.readTree(body);
            words = problem.path("detail").asText(problem.path("title").asText(""));
        } catch (JsonProcessingException e) {
            words = isPage(body)
                    ? "the server answered " + status + WEB_PAGE
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
            // Reported below, like an empty answer.
        }
        throw Failure.work(
                "the server answered" + (isPage(body) ? WEB_PAGE : " with something other than JSON" + NOT_FRAMEQUOTA));
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

    /** Encodes text of the user's as a segment of a path. */
    public static String segment(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
    }
}
