package io.framequota.ingest.job.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.ingest.access.ApiKey;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.StreamKey;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.job.service.JobService.LiveOptions;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.live.DeclaredKeys;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.VideoDecoder;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * The stream keys of {@code FRAMEQUOTA_LIVE_KEYS}, each with what its job shall be. The file is a JSON object:
 * {@code {"KEY":{"model":"people","every":1,"labels":{"camera":"desk"},"publish":"rtmp://...","hls":false,"tenant":"default"}}}. It is read again at each
 * publish of a key that no job has, so that keys can be added while the service runs.
 */
@Singleton
final class LiveTemplates implements DeclaredKeys {
    private static final Logger LOG = Logger.getLogger(LiveTemplates.class);
    private static final long MOST_BYTES = 1 << 20;
    private static final ObjectMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
            .build();

    /** What the job of a key shall be. */
    record Template(
            @Nullable String model,
            @Nullable Integer every,
            @Nullable Map<String, String> labels,
            @Nullable String publish,
            boolean hls,
            @Nullable String tenant) {
        /** The tenant whose jobs the key makes, and who alone may use it. */
        String owner() {
            return tenant == null ? Caller.DEFAULT_TENANT : tenant;
        }

        Submission submission(String key) {
            return new Submission(
                    LiveSpec.LISTEN + key,
                    model == null ? "" : model,
                    every == null ? 1 : every,
                    labels == null ? Map.of() : labels,
                    null,
                    VideoDecoder.ANY_STREAM,
                    TransportChoice.AUTO.label(),
                    "",
                    Optional.empty(),
                    new LiveOptions(publish == null ? "" : publish, hls));
        }

        @Override
        public String toString() {
            return "the template of a live job";
        }
    }

    private final JobService jobs;
    private final Optional<Path> file;

    @Inject
    LiveTemplates(JobService jobs, IngestConfig config) {
        this(jobs, config.liveKeys());
    }

    LiveTemplates(JobService jobs, Optional<Path> file) {
        this.jobs = jobs;
        this.file = file;
    }

    @Override
    public synchronized boolean open(String key) {
        Template template = file.map(LiveTemplates::read).orElse(Map.of()).get(key);
        if (template == null) {
            return false;
        }
        if (!ApiKey.isTenant(template.owner())) {
            LOG.errorf(
                    "FRAMEQUOTA_LIVE_KEYS: the tenant of the key %s is no tenant's name; it has 1 to 63 lower-case letters, digits,"
                            + " dots, underscores and hyphens",
                    StreamKey.masked(key));
            return false;
        }
        try {
            Job job = jobs.submit(template.owner(), template.submission(key));
            LOG.infof("job %s: made for a stream that is published under a declared key", job.id());
            return true;
        } catch (RejectedRequestException | StoreException e) {
            if (e instanceof RejectedRequestException r && r.kind() == RejectedRequestException.Kind.CONFLICT) {
                // Its job is open, and reserves the key as soon as this service has started it.
                return true;
            }
            LOG.warnf("a stream under a declared key gets no job: %s", e.getMessage());
            return false;
        }
    }

    /** Without the parser's messages, which may hold keys. */
    static Map<String, Template> read(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                LOG.errorf("FRAMEQUOTA_LIVE_KEYS: the file is longer than %d bytes; shorten it", MOST_BYTES);
                return Map.of();
            }
            return JSON.readValue(
                    Files.readAllBytes(file),
                    JSON.getTypeFactory().constructMapType(TreeMap.class, String.class, Template.class));
        } catch (JsonProcessingException e) {
            LOG.errorf(
                    "FRAMEQUOTA_LIVE_KEYS: not an object of keys as docs/guides/live.md shows it (line %d); correct it",
                    e.getLocation() == null ? 0 : e.getLocation().getLineNr());
        } catch (IOException e) {
            LOG.errorf("FRAMEQUOTA_LIVE_KEYS: the file cannot be read: %s", MessageSanitizer.describe(e));
        }
        return Map.of();
    }
}
