package io.framequota.ingest.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import io.framequota.contract.frame.Projection;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.job.service.JobService.LiveOptions;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.store.files.Uploads;
import io.framequota.media.decode.VideoDecoder;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reads submissions from request bodies and submits them. */
@Singleton
final class SubmissionReader {
    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);
    private static final int MAX_JSON = 64 * 1024;
    private static final List<String> KEYS = List.of(
            "source",
            "again",
            "model",
            "every",
            "labels",
            "stream",
            "transport",
            "projection",
            "track",
            "zone",
            "live",
            "publish",
            "hls");
    /** Bytes that are read of a rejected upload, so that a client that is still sending can read the answer. */
    private static final long MAX_DRAIN = 1L << 30;

    private final JobService jobs;
    private final RequestMemory memory;

    SubmissionReader(JobService jobs, RequestMemory memory) {
        this.jobs = jobs;
        this.memory = memory;
    }

    /** Processes an upload that was read. */
    interface UploadHandler<T> {
        T handle(Submission submission, Uploads.Target upload);
    }

    /**
     * {@code {"source":"...","model":"...","every":1,"stream":0,"transport":"auto","projection":"auto","track":true,"zone":["a=0,0 9,9"],"labels":{"k":"v"}}}; {@code "again":"JOB"} in place
     * of a source for that of another job; with {@code "live":true}, the source is a stream.
     */
    Job json(Caller caller, InputStream body, @Nullable String key) throws IOException {
        JsonNode node = object(body, KEYS);
        String again = text(node, "again");
        if (again.isEmpty()) {
            return jobs.submit(caller.tenant(), withSource(node, key));
        }
        if (node.has("source")) {
            throw malformed("both \"source\" and \"again\"; one job has one source");
        }
        return jobs.submitAgain(caller, submission(node, key), again);
    }

    /** The same, always with a source. */
    Submission submission(InputStream body, @Nullable String key) throws IOException {
        JsonNode node = object(body, KEYS);
        if (flag(node, "live")) {
            throw malformed("a live job has no end that could be forecast; submit it");
        }
        if (node.has("again")) {
            throw malformed("\"again\" is for submissions; give a \"source\"");
        }
        return withSource(node, key);
    }

    private static Submission withSource(JsonNode node, @Nullable String key) {
        Submission submission = submission(node, key);
        if (submission.source().isEmpty()) {
            throw malformed("\"source\" is missing; give a URL or sample:walkers, or send a file as multipart");
        }
        return submission;
    }

    /** Reads an object that has no other members than these. */
    JsonNode object(InputStream body, Collection<String> members) throws IOException {
        JsonNode node = parse(readJson(body));
        node.fieldNames().forEachRemaining(name -> {
            if (!members.contains(name)) {
                throw malformed("unknown key \"" + name + "\"; known are " + String.join(", ", members));
            }
        });
        return node;
    }

    private static Submission submission(JsonNode node, @Nullable String key) {
        JsonNode every = node.path("every");
        if (!every.isMissingNode() && !every.isInt()) {
            throw malformed("\"every\" must be a whole number");
        }
        JsonNode stream = node.path("stream");
        if (!stream.isMissingNode() && (!stream.isInt() || stream.asInt() < 0)) {
            throw malformed("\"stream\" must be a whole number, 0 or more");
        }
        return new Submission(
                text(node, "source"),
                text(node, "model"),
                every.asInt(1),
                labels(node),
                key,
                stream.asInt(VideoDecoder.ANY_STREAM),
                node.has("transport") ? text(node, "transport") : TransportChoice.AUTO.label(),
                node.has("projection") ? projection(text(node, "projection")) : "",
                tracking(node),
                live(node));
    }

    private static @Nullable LiveOptions live(JsonNode node) {
        LiveOptions options = new LiveOptions(text(node, "publish"), flag(node, "hls"));
        if (flag(node, "live")) {
            return options;
        }
        if (options.hls() || !options.publish().isEmpty()) {
            throw malformed("\"publish\" and \"hls\" are for live jobs; add \"live\": true, or leave them out");
        }
        return null;
    }

    private static boolean flag(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            throw malformed("\"" + name + "\" must be true or false");
        }
        return value.asBoolean();
    }

    /** An empty projection would be taken for none, which is more likely a mistake than meant. */
    private static String projection(String text) {
        if (text.isEmpty()) {
            throw RejectedRequestException.unprocessable(
                    "projection is \"\"; it must be auto, " + Projection.NAMES + ", or left out");
        }
        return text;
    }

    private static Optional<Tracking> tracking(JsonNode node) {
        JsonNode zones = node.path("zone");
        List<String> words = new ArrayList<>();
        for (JsonNode zone : zones) {
            words.add(zone.isTextual() ? zone.asText() : "");
        }
        if (!zones.isMissingNode() && !zones.isArray() || words.contains("")) {
            throw malformed("\"zone\" must be a list of strings, each NAME=x,y x,y ...");
        }
        return Tracking.of(flag(node, "track"), words);
    }

    /**
     * Reads a body of JSON.
     *
     * @throws RejectedRequestException when it is too long or comes too slowly
     */
    byte[] readJson(InputStream body) throws IOException {
        try (var reserved = memory.reserve(MAX_JSON)) {
            byte[] bytes = MinimumRateInputStream.ofFewLines(body).readNBytes(MAX_JSON + 1);
            if (bytes.length > MAX_JSON) {
                throw malformed("the JSON is longer than " + MAX_JSON + " bytes");
            }
            return bytes;
        }
    }

    private static JsonNode parse(byte[] bytes) throws IOException {
        JsonNode node;
        try {
            node = JSON.readTree(bytes);
        } catch (MismatchedInputException e) {
            throw malformed("the body holds a key twice; give each key once");
        } catch (JsonProcessingException e) {
            // Without the parser's message, which holds names of its classes.
            JsonLocation at = e.getLocation();
            throw malformed("the body is not JSON"
                    + (at == null ? "" : " (line " + at.getLineNr() + ", column " + at.getColumnNr() + ")"));
        }
        if (!node.isObject()) {
            throw malformed("the body must be a JSON object");
        }
        return node;
    }

    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        if (!value.isMissingNode() && !value.isTextual()) {
            throw malformed("\"" + name + "\" must be a string");
        }
        return value.asText("");
    }

    private static Map<String, String> labels(JsonNode node) {
        JsonNode labels = node.path("labels");
        if (!labels.isMissingNode() && !labels.isObject()) {
            throw malformed("\"labels\" must be an object of strings");
        }
        Map<String, String> map = new LinkedHashMap<>();
        labels.fieldNames().forEachRemaining(name -> map.put(name, text(labels, name)));
        return map;
    }

    /**
     * Reads the parts {@code file}, {@code model}, {@code every}, {@code stream}, {@code transport}, {@code projection}, {@code track} and
     * any number of {@code zone} and {@code label} ({@code K=V}), in any order, and submits the job.
     */
    Job multipart(Caller caller, InputStream body, @Nullable String contentType, @Nullable String key)
            throws IOException {
        return multipart(
                caller,
                body,
                contentType,
                key,
                (submission, upload) -> jobs.submit(caller.tenant(), submission, upload));
    }

    /** Reads the same parts and passes them to a handler. */
    <T> T multipart(
            Caller caller,
            InputStream body,
            @Nullable String contentType,
            @Nullable String key,
            UploadHandler<T> handler)
            throws IOException {
        try (var reserved = memory.reserve(RequestMemory.UPLOAD)) {
            return upload(
                    caller, MultipartReader.of(MinimumRateInputStream.ofAnyLength(body), contentType), key, handler);
        } catch (RejectedRequestException e) {
            if (e.kind() != RejectedRequestException.Kind.OVERLOADED
                    && e.kind() != RejectedRequestException.Kind.TOO_SLOW) {
                drain(MinimumRateInputStream.ofAnyLength(body));
            }
            throw e;
        }
    }

    private <T> T upload(Caller caller, MultipartReader parts, @Nullable String key, UploadHandler<T> handler)
            throws IOException {
        Uploads.Target upload = null;
        String fileName = "";
        String model = "";
        int every = 1;
        int stream = VideoDecoder.ANY_STREAM;
        String transport = TransportChoice.AUTO.label();
        String projection = "";
        boolean track = false;
        List<String> zones = new ArrayList<>();
        Map<String, String> labels = new LinkedHashMap<>();
        boolean handled = false;
        try {
            for (Optional<MultipartReader.Part> next = parts.next(); next.isPresent(); next = parts.next()) {
                MultipartReader.Part part = next.get();
                switch (part.name()) {
                    case "file" -> {
                        if (upload != null) {
                            throw malformed("one file is one job; send one part \"file\"");
                        }
                        fileName = part.fileName() == null || part.fileName().isEmpty() ? "upload" : part.fileName();
                        upload = jobs.newUpload(caller.tenant(), fileName, key);
                        upload.fill(part.body());
                    }
                    case "model" -> model = parts.text(part).trim();
                    case "every" -> every = number("every", parts.text(part).trim());
                    case "stream" -> stream = number("stream", parts.text(part).trim());
                    case "transport" -> transport = parts.text(part).trim();
                    case "projection" ->
                        projection = projection(parts.text(part).trim());
                    case "track" -> track = flag("track", parts.text(part).trim());
                    case "zone" -> zones.add(parts.text(part).trim());
                    case "label" -> label(parts.text(part), labels);
                    default ->
                        throw malformed(
                                "unknown part \"" + part.name()
                                        + "\"; known are file, model, every, label, stream, transport, projection, track, zone");
                }
            }
            if (upload == null) {
                throw malformed("there is no part \"file\"");
            }
            handled = true;
            return handler.handle(
                    new Submission(
                            fileName,
                            model,
                            every,
                            labels,
                            key,
                            stream,
                            transport,
                            projection,
                            Tracking.of(track, zones),
                            null),
                    upload);
        } finally {
            if (!handled && upload != null) {
                upload.delete();
            }
        }
    }

    private static int number(String name, String text) {
        try {
            return Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw malformed(name + " is \"" + text + "\"; it must be a whole number");
        }
    }

    private static boolean flag(String name, String text) {
        return switch (text) {
            case "true" -> true;
            case "false" -> false;
            default -> throw malformed(name + " is \"" + text + "\"; it must be true or false");
        };
    }

    private static void label(String text, Map<String, String> labels) {
        int at = text.indexOf('=');
        if (at < 1) {
            throw malformed("label \"" + text + "\" is not of the form K=V");
        }
        labels.put(text.substring(0, at), text.substring(at + 1));
    }

    private static void drain(InputStream body) throws IOException {
        byte[] ignored = new byte[64 * 1024];
        long left = MAX_DRAIN;
        for (int n = 0; n >= 0 && left > 0; left -= n) {
            n = body.read(ignored);
        }
    }

    private static RejectedRequestException malformed(String what) {
        return RejectedRequestException.malformed(what);
    }
}
