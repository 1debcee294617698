package io.framequota.ingest.api;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.store.files.Uploads;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads submissions from request bodies and submits them. */
@Singleton
final class SubmissionReader {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MAX_JSON = 64 * 1024;
    private static final Set<String> KEYS = Set.of("source", "model", "every", "labels", "stream");
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

    Job json(InputStream body, @Nullable String key) throws IOException {
        return jobs.submit(submission(body, key));
    }

    /** {@code {"source":"...","model":"...","every":1,"stream":0,"labels":{"k":"v"}}} */
    Submission submission(InputStream body, @Nullable String key) throws IOException {
        JsonNode node = parse(readJson(body));
        node.fieldNames().forEachRemaining(name -> {
            if (!KEYS.contains(name)) {
                throw malformed("unknown key \"" + name + "\"; known are source, model, every, labels, stream");
            }
        });
        String source = text(node, "source");
        if (source.isEmpty()) {
            throw malformed("\"source\" is missing; give a URL or sample:walkers, or send a file as multipart");
        }
        JsonNode every = node.path("every");
        if (!every.isMissingNode() && !every.isInt()) {
            throw malformed("\"every\" must be a whole number");
        }
        JsonNode stream = node.path("stream");
        if (!stream.isMissingNode() && (!stream.isInt() || stream.asInt() < 0)) {
            throw malformed("\"stream\" must be a whole number, 0 or more");
        }
        return new Submission(
                source, text(node, "model"), every.asInt(1), labels(node), key, stream.asInt(VideoDecoder.ANY_STREAM));
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

    private static String text(JsonNode node, String name) {
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
     * Reads the parts {@code file}, {@code model}, {@code every}, {@code stream} and any number of {@code label} ({@code K=V}), in any
     * order, and submits the job.
     */
    Job multipart(InputStream body, @Nullable String contentType, @Nullable String key) throws IOException {
        return multipart(body, contentType, key, jobs::submit);
    }

    /** Reads the same parts and passes them to a handler. */
    <T> T multipart(InputStream body, @Nullable String contentType, @Nullable String key, UploadHandler<T> handler)
            throws IOException {
        try (var reserved = memory.reserve(RequestMemory.UPLOAD)) {
            return upload(MultipartReader.of(MinimumRateInputStream.ofAnyLength(body), contentType), key, handler);
        } catch (RejectedRequestException e) {
            if (e.kind() != RejectedRequestException.Kind.OVERLOADED
                    && e.kind() != RejectedRequestException.Kind.TOO_SLOW) {
                drain(MinimumRateInputStream.ofAnyLength(body));
            }
            throw e;
        }
    }

    private <T> T upload(MultipartReader parts, @Nullable String key, UploadHandler<T> handler) throws IOException {
        Uploads.Target upload = null;
        String fileName = "";
        String model = "";
        int every = 1;
        int stream = VideoDecoder.ANY_STREAM;
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
                        upload = jobs.newUpload(fileName, key);
                        upload.fill(part.body());
                    }
                    case "model" -> model = parts.text(part).trim();
                    case "every" -> every = number("every", parts.text(part).trim());
                    case "stream" -> stream = number("stream", parts.text(part).trim());
                    case "label" -> label(parts.text(part), labels);
                    default ->
                        throw malformed(
                                "unknown part \"" + part.name() + "\"; known are file, model, every, label, stream");
                }
            }
            if (upload == null) {
                throw malformed("there is no part \"file\"");
            }
            handled = true;
            return handler.handle(new Submission(fileName, model, every, labels, key, stream), upload);
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
