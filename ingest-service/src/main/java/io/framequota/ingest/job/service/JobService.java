package io.framequota.ingest.job.service;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.label.PolicyLabels;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LabelLimits;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.job.queue.DecodeQueue;
import io.framequota.ingest.job.queue.FetchQueue;
import io.framequota.ingest.job.queue.ProbeQueue;
import io.framequota.ingest.report.AnnouncedModels;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.files.Uploads;
import jakarta.inject.Singleton;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What clients ask of jobs, whatever protocol they speak. Refuses with {@link RejectedRequestException}; may block. */
@Singleton
public final class JobService {
    /** The model of a submission that names none. */
    public static final String DEFAULT_MODEL = "people";

    /** Jobs of one list at most. */
    public static final int LIST_LIMIT = 1000;

    private static final int MAX_LABELS = 64;
    private static final int MAX_TEXT_BYTES = 2048;

    /**
     * A submission.
     *
     * @param source a URL or a sample; of an upload, the file's name
     * @param model empty for the default
     * @param every infer every Nth frame
     * @param key the same key answers with the job that it made first; null for none
     * @param stream number of the source's stream, or {@code VideoDecoder.ANY_STREAM}
     */
    public record Submission(
            String source,
            String model,
            int every,
            Map<String, String> labels,
            @Nullable String key,
            int stream) {}

    private final JobStore jobs;
    private final JobLedger ledger;
    private final DecodeQueue runner;
    private final ProbeQueue prober;
    private final FetchQueue fetches;
    private final RetentionSweeper retention;
    private final AnnouncedModels models;
    private final Uploads uploads;
    private final SourceStore sources;
    private final Clock clock;
    private final RandomGenerator random;
    private final IngestConfig config;

    JobService(
            JobStore jobs,
            JobLedger ledger,
            DecodeQueue runner,
            ProbeQueue prober,
            FetchQueue fetches,
            RetentionSweeper retention,
            AnnouncedModels models,
            Uploads uploads,
            SourceStore sources,
            Clock clock,
            RandomGenerator random,
            IngestConfig config) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.runner = runner;
        this.prober = prober;
        this.fetches = fetches;
        this.retention = retention;
        this.models = models;
        this.uploads = uploads;
        this.sources = sources;
        this.clock = clock;
        this.random = random;
        this.config = config;
    }

    /** Submits a source that is fetched later. */
    public Job submit(Submission submission) {
        String source = submission.source();
        String id = fetchable(submission);
        // Jobs show what is masked; the store alone has the secrets, for as long as they may be needed.
        String shown = MessageSanitizer.masked(source.strip());
        Submission masked = new Submission(
                shown,
                submission.model(),
                submission.every(),
                submission.labels(),
                submission.key(),
                submission.stream());
        return add(masked, id, shown, new byte[0], sources.remote(source) ? source.strip() : null);
    }

    /** An id for a job whose source can be fetched. */
    String fetchable(Submission submission) {
        String source = submission.source();
        if (source.startsWith("upload:") || !known(source)) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE,
                    "source " + quoted(source)
                            + " is neither a URL (http, https) nor sample:walkers; send a file as an upload");
        }
        return newId();
    }

    /** The model of a submission that can be accepted. */
    ModelCard accepted(Submission s) {
        check(s);
        return models.find(modelOf(s));
    }

    private boolean known(String source) {
        try {
            sources.check(source);
            return true;
        } catch (SourceException e) {
            return false;
        }
    }

    /** A place for an upload, named after the job that it may become. */
    public Uploads.Place placeFor(String fileName) {
        return uploads.place(newId(), fileName);
    }

    /** The same; of an upload whose key has made a job, bytes are compared and not kept. */
    public Uploads.Place placeFor(String fileName, @Nullable String key) {
        boolean again = key != null && jobs.findByKey(key).isPresent();
        return again ? uploads.unkept(newId(), fileName) : placeFor(fileName);
    }

    /** Submits a stored upload, which belongs to the job from then on; it is removed when there is no new job. */
    public Job submit(Submission submission, Uploads.Place upload) {
        try {
            Job job = add(submission, upload.id(), upload.source(), upload.digest(), null);
            if (!job.id().equals(upload.id())) {
                upload.remove();
            }
            return job;
        } catch (RuntimeException e) {
            upload.remove();
            throw e;
        }
    }

    private Job add(Submission s, String id, String input, byte[] content, @Nullable String remote) {
        ModelCard model = accepted(s);
        JobSpec spec = new JobSpec(
                id,
                s.source(),
                input,
                model,
                s.every(),
                config.chunkFrames(),
                config.chunkBytes().asLongValue(),
                s.labels(),
                s.stream());
        Job job = ledger.submit(spec, new JobStore.Asked(s.key(), fingerprint(s, content), remote))
                .job();
        wake();
        return job;
    }

    private static String modelOf(Submission s) {
        return s.model().isEmpty() ? DEFAULT_MODEL : s.model();
    }

    private static byte[] fingerprint(Submission s, byte[] content) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            digest.update(content);
            // Every text with its length, so that two submissions never read alike.
            List<String> texts = new ArrayList<>(
                    List.of(s.source(), modelOf(s), Integer.toString(s.every()), Integer.toString(s.stream())));
            new TreeMap<>(s.labels()).forEach((k, v) -> texts.addAll(List.of(k, v)));
            for (String text : texts) {
                byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
                digest.update(
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
                digest.update(bytes);
            }
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }

    private void wake() {
        fetches.wake();
        prober.wake();
        runner.wake();
    }

    private static void check(Submission s) {
        if (s.every() < 1) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE, "every is " + s.every() + "; it must be 1 or more");
        }
        PolicyLabels.problem(s.labels()).ifPresent(problem -> {
            throw new RejectedRequestException(RejectedRequestException.Kind.MALFORMED, problem);
        });
        if (s.stream() < VideoDecoder.ANY_STREAM) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE, "stream is " + s.stream() + "; it must be 0 or more");
        }
        if (s.labels().size() > MAX_LABELS) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE, "more than " + MAX_LABELS + " labels");
        }
        String key = s.key() == null ? "" : s.key();
        boolean unstorable = !storable(s.source())
                || !storable(key)
                || s.labels().entrySet().stream().anyMatch(e -> !storable(e.getKey()) || !storable(e.getValue()));
        if (unstorable) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.MALFORMED,
                    "the file name, source, key or a label holds a NUL character or half a surrogate pair; leave it out");
        }
        if (LabelLimits.bytes(s.source()) > MAX_TEXT_BYTES || LabelLimits.bytes(key) > MAX_TEXT_BYTES) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE,
                    "the source, file name or key is longer than " + MAX_TEXT_BYTES + " bytes");
        }
        long labels = LabelLimits.bytes(s.labels());
        if (labels > LabelLimits.MOST_BYTES) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.UNUSABLE,
                    "the labels have " + labels + " bytes, names and values together; at most " + LabelLimits.MOST_BYTES
                            + " are taken");
        }
    }

    private static boolean storable(String text) {
        return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /** The job. */
    public Job get(String id) {
        // An id is made of these; what else comes over the wire is nobody's.
        if (id.isEmpty() || !id.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '-'))) {
            throw RejectedRequestException.noJob(id);
        }
        return jobs.find(id).orElseThrow(() -> RejectedRequestException.noJob(id));
    }

    /**
     * The newest jobs first, {@value #LIST_LIMIT} at most, and fewer where their texts are long.
     *
     * @param state only jobs in this state; null or empty for all
     * @param before only jobs that came before this one; null or empty for the newest
     */
    public JobStore.Page list(@Nullable String state, @Nullable String before) {
        String last = before == null || before.isEmpty() ? null : get(before).id();
        return jobs.list(stateNamed(state), last, LIST_LIMIT);
    }

    private static @Nullable String stateNamed(@Nullable String state) {
        if (state == null || state.isEmpty()) {
            return null;
        }
        String name = state.toUpperCase(Locale.ROOT);
        List<String> names = List.of("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED");
        if (!names.contains(name)) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.MALFORMED,
                    "no state " + quoted(state) + "; states are " + String.join(", ", names));
        }
        return name;
    }

    /** Ends a job that has not ended. Cancelling twice is no error. */
    public Job cancel(String id) {
        get(id);
        Instant now = clock.instant();
        Job job = ledger.move(id, s -> s instanceof JobState.Open open ? open.cancel(now) : null)
                .orElseThrow(() -> RejectedRequestException.noJob(id))
                .job();
        stop(id);
        if (!(job.state() instanceof JobState.Cancelled)) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.CONFLICT,
                    "job " + id + " has ended already: " + job.state().name());
        }
        return job;
    }

    /**
     * Ends a job that has not ended; removes one that has, with its source, its result and its key.
     *
     * @return the job as it is now, or as it was
     */
    public Job delete(String id) {
        Job job = get(id);
        if (!job.ended()) {
            return cancel(id);
        }
        retention.forget(id);
        return job;
    }

    /** Runs what is missing of a failed job. */
    public Job redrive(String id) {
        if (get(id).tally().discarded()) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.GONE,
                    "the source of job " + id + " is no longer kept; submit it again");
        }
        JobStore.Change change = ledger.move(id, s -> s instanceof JobState.Failed failed ? failed.redrive() : null)
                .orElseThrow(() -> RejectedRequestException.noJob(id));
        if (!change.changed()) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.CONFLICT,
                    "job " + id + " is " + change.job().state().name() + "; only a FAILED job can be redriven");
        }
        wake();
        return change.job();
    }

    /** Ends a job whose chunk failed for good; empty when there is no such job. */
    public Optional<Job> fail(String id, String cause) {
        Optional<Job> job = ledger.fail(id, cause);
        stop(id);
        return job;
    }

    /**
     * The same, by a leader.
     *
     * @throws StaleEpochException when another leads
     */
    public Optional<Job> fail(long epoch, String id, String cause) {
        Optional<Job> job = ledger.fail(epoch, id, cause);
        stop(id);
        return job;
    }

    private void stop(String id) {
        fetches.stop(id);
        prober.stop(id);
        runner.stop(id);
    }

    private String newId() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String quoted(String text) {
        // No address after all, so nobody can say where in it a password ends.
        if (text.contains("@") && text.contains(":")) {
            return "(not shown: it may hold a password)";
        }
        return '"' + (text.length() > 200 ? text.substring(0, 200) + "..." : text) + '"';
    }
}
