package io.framequota.ingest.job.service;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.Projection;
import io.framequota.contract.label.PolicyLabels;
import io.framequota.ingest.access.Caller;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LabelLimits;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.job.queue.DecodeQueue;
import io.framequota.ingest.job.queue.FetchQueue;
import io.framequota.ingest.job.queue.ProbeQueue;
import io.framequota.ingest.live.LiveJobs;
import io.framequota.ingest.report.AnnouncedModels;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.files.Uploads;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.quarkus.runtime.configuration.MemorySize;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.security.MessageDigest;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Submits, lists, cancels, deletes and redrives jobs, for every protocol. Rejects requests with {@link RejectedRequestException}.
 * Methods may block.
 */
@Singleton
public final class JobService {
    /** The model of a submission that names none. */
    public static final String DEFAULT_MODEL = "people";

    /** Limit on the jobs of one list. */
    public static final int LIST_LIMIT = 1000;

    /** Assumed of a model before its first frames were measured. */
    private static final double UNMEASURED_FRAME_SECONDS = 0.1;

    private static final int MAX_LABELS = 64;
    private static final int MAX_TEXT_BYTES = 2048;
    private static final List<String> STATES = List.of("QUEUED", "RUNNING", "SUCCEEDED", "FAILED", "CANCELLED");

    /**
     * A submission.
     *
     * @param source a URL or a sample; for an upload, the file's name
     * @param model empty for the default
     * @param every infer every Nth frame
     * @param idempotencyKey the same key answers with the job that it created first; null for none
     * @param stream number of the source's stream, or {@code VideoDecoder.ANY_STREAM}
     * @param transport how the job's frames shall travel to workers: auto, packets or pixels
     * @param projection of the source's pictures, or auto for what the source states; empty for auto
     * @param tracking whether the result has tracks
     * @param live for a stream that runs until the job is cancelled, else null
     */
    public record Submission(
            String source,
            String model,
            int every,
            Map<String, String> labels,
            @Nullable String idempotencyKey,
            int stream,
            String transport,
            String projection,
            Optional<Tracking> tracking,
            @Nullable LiveOptions live) {
        private String modelOrDefault() {
            return model.isEmpty() ? DEFAULT_MODEL : model;
        }

        private Submission withSource(String other, int otherStream) {
            return new Submission(
                    other, model, every, labels, idempotencyKey, otherStream, transport, projection, tracking, live);
        }
    }

    /**
     * What a submission of a stream says beside its source.
     *
     * @param publish where the annotated stream goes, with its secrets; empty for nowhere
     * @param hls whether the annotated stream is offered as HLS
     */
    public record LiveOptions(String publish, boolean hls) {
        @Override
        public String toString() {
            return "the options of a live job";
        }
    }

    private final JobStore jobs;
    private final JobLedger ledger;
    private final DecodeQueue decoding;
    private final ProbeQueue probing;
    private final FetchQueue fetching;
    private final LiveJobs live;
    private final RetentionSweeper retention;
    private final AnnouncedModels models;
    private final LeadershipStore leadership;
    private final Uploads uploads;
    private final SourceStore sources;
    private final Clock clock;
    private final RandomGenerator random;
    private final IngestConfig config;

    JobService(
            JobStore jobs,
            JobLedger ledger,
            DecodeQueue decoding,
            ProbeQueue probing,
            FetchQueue fetching,
            LiveJobs live,
            RetentionSweeper retention,
            AnnouncedModels models,
            LeadershipStore leadership,
            Uploads uploads,
            SourceStore sources,
            Clock clock,
            RandomGenerator random,
            IngestConfig config) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.decoding = decoding;
        this.probing = probing;
        this.fetching = fetching;
        this.live = live;
        this.retention = retention;
        this.models = models;
        this.leadership = leadership;
        this.uploads = uploads;
        this.sources = sources;
        this.clock = clock;
        this.random = random;
        this.config = config;
    }

    /**
     * Submits a source that is fetched later.
     *
     * @param tenant whose job it becomes
     */
    public Job submit(String tenant, Submission submission) {
        if (submission.live() != null) {
            return submitLive(tenant, submission, submission.live());
        }
        checkFetchable(submission);
        String source = submission.source().strip();
        // The job shows the masked address. Only the store has its secrets, for as long as they may be needed.
        String masked = MessageSanitizer.maskSecrets(source);
        return add(
                tenant,
                submission.withSource(masked, submission.stream()),
                newId(),
                masked,
                new byte[0],
                0,
                sources.remote(source) ? source : null);
    }

    private Job submitLive(String tenant, Submission submission, LiveOptions options) {
        String source = submission.source().strip();
        String publish = options.publish().strip();
        if (submission.stream() != VideoDecoder.ANY_STREAM
                || transport(submission) != TransportChoice.AUTO
                || projection(submission).isPresent()
                || submission.tracking().isPresent()) {
            throw RejectedRequestException.malformed(
                    "a live job takes neither stream, transport, projection, track nor zone; leave them out");
        }
        LiveSpec spec = LiveSpec.of(source, publish, options.hls());
        if (spec.key()
                .flatMap(this::declaredTenant)
                .filter(t -> !t.equals(tenant))
                .isPresent()) {
            throw RejectedRequestException.streamKeyTaken();
        }
        String masked = LiveSpec.maskedSource(source);
        Submission shown = submission.withSource(masked, submission.stream());
        byte[] whole = (source + '\n' + publish + '\n' + options.hls()).getBytes(StandardCharsets.UTF_8);
        JobStore.SubmissionInfo info = new JobStore.SubmissionInfo(
                submission.idempotencyKey(),
                fingerprint(shown, Uploads.sha256().digest(whole)),
                spec.key().isPresent() ? null : source,
                publish.isEmpty() ? null : publish,
                0,
                limits());
        Job job = insert(tenant, shown, newId(), masked, info, Optional.of(spec));
        live.start(job);
        return job;
    }

    private Optional<String> declaredTenant(String key) {
        return config.liveKeys()
                .map(LiveTemplates::read)
                .map(templates -> templates.get(key))
                .map(LiveTemplates.Template::owner);
    }

    /** Rejects a submission whose source cannot be fetched. */
    void checkFetchable(Submission submission) {
        String source = submission.source();
        if (source.startsWith("upload:") || !isKnown(source)) {
            throw RejectedRequestException.unprocessable("source " + quoted(source)
                    + " is neither a URL (http, https) nor sample:walkers; send a file as an upload");
        }
    }

    private boolean isKnown(String source) {
        try {
            sources.check(source);
            return true;
        } catch (SourceException e) {
            return false;
        }
    }

    /** Checks a submission and returns the card of its model. */
    ModelCard checkedModel(Submission s) {
        check(s);
        return models.get(s.modelOrDefault());
    }

    /**
     * Prepares an upload. Its folder has the name of the job that it may become. When the idempotency key has created a job before,
     * the bytes are compared and not stored.
     */
    public Uploads.Target newUpload(String tenant, String fileName, @Nullable String idempotencyKey) {
        boolean repeated =
                idempotencyKey != null && jobs.findByKey(tenant, idempotencyKey).isPresent();
        return uploads.target(newId(), fileName, !repeated);
    }

    /** Submits a stored upload, which belongs to the job from then on. The upload is deleted when no new job is created. */
    public Job submit(String tenant, Submission submission, Uploads.Target upload) {
        try {
            if (submission.live() != null) {
                throw RejectedRequestException.malformed("an upload is not live; leave live, publish and hls out");
            }
            Job job = add(tenant, submission, upload.id(), upload.source(), upload.digest(), upload.bytes(), null);
            if (!job.id().equals(upload.id())) {
                upload.delete();
            }
            return job;
        } catch (RuntimeException e) {
            upload.delete();
            throw e;
        }
    }

    /**
     * Submits the stored source of another job again. The new job has the source to itself, so the other job may be deleted.
     *
     * @param caller who must see the other job; the new one becomes his tenant's
     * @param submission its source is not read; without a stream, the job has that of the other job
     * @param other id of the other job
     */
    public Job submitAgain(Caller caller, Submission submission, String other) {
        checkVisible(caller, other);
        Job before = get(other);
        if (before.live() || submission.live() != null) {
            throw RejectedRequestException.conflict(
                    "only stored sources can be used again, not live streams; submit the stream as the source");
        }
        JobSpec was = before.spec();
        Submission again = submission.withSource(
                was.source(), submission.stream() == VideoDecoder.ANY_STREAM ? was.stream() : submission.stream());
        check(again);
        String id = newId();
        if (before.progress().sourceDeleted()) {
            throw sourceGone(other);
        }
        try {
            Job job = add(
                    caller.tenant(),
                    again,
                    id,
                    shareSource(was, id),
                    other.getBytes(StandardCharsets.UTF_8),
                    jobs.uploadBytes(other),
                    null);
            if (!job.id().equals(id)) {
                discardSource(id);
            }
            return job;
        } catch (RuntimeException e) {
            discardSource(id);
            throw e;
        }
    }

    private String shareSource(JobSpec was, String id) {
        try {
            return sources.share(was.input(), was.id(), id);
        } catch (NoSuchFileException e) {
            throw sourceGone(was.id());
        } catch (IOException e) {
            throw RejectedRequestException.unavailable("the source of job " + was.id() + " cannot be used again: "
                    + MessageSanitizer.describe(e) + "; submit it again");
        }
    }

    private static RejectedRequestException sourceGone(String job) {
        return RejectedRequestException.gone("the source of job " + job + " is not kept here; submit it again");
    }

    private void discardSource(String id) {
        uploads.delete(id);
        sources.discard(id);
    }

    private Job add(
            String tenant,
            Submission s,
            String id,
            String input,
            byte[] contentDigest,
            long uploadBytes,
            @Nullable String address) {
        Job job = insert(
                tenant,
                s,
                id,
                input,
                new JobStore.SubmissionInfo(
                        s.idempotencyKey(), fingerprint(s, contentDigest), address, null, uploadBytes, limits()),
                Optional.empty());
        wake();
        return job;
    }

    private JobStore.TenantLimits limits() {
        return new JobStore.TenantLimits(
                config.tenantOpenJobs().isPresent() ? config.tenantOpenJobs().getAsInt() : Long.MAX_VALUE,
                config.tenantUploadBytes().map(MemorySize::asLongValue).orElse(Long.MAX_VALUE));
    }

    private Job insert(
            String tenant,
            Submission s,
            String id,
            String input,
            JobStore.SubmissionInfo info,
            Optional<LiveSpec> live) {
        JobSpec spec = new JobSpec(
                id,
                s.source(),
                input,
                checkedModel(s),
                s.every(),
                config.chunkFrames(),
                config.chunkBytes().asLongValue(),
                s.labels(),
                s.stream(),
                transport(s),
                projection(s),
                groupFrames(s.modelOrDefault()),
                s.tracking(),
                live,
                tenant);
        return ledger.submit(spec, info);
    }

    private static TransportChoice transport(Submission s) {
        return TransportChoice.named(s.transport())
                .orElseThrow(() -> RejectedRequestException.unprocessable(
                        "transport is " + quoted(s.transport()) + "; it must be auto, packets or pixels"));
    }

    static Optional<Projection> projection(Submission s) {
        if (s.projection().isEmpty() || s.projection().equals("auto")) {
            return Optional.empty();
        }
        return Optional.of(Projection.named(s.projection())
                .orElseThrow(() -> RejectedRequestException.unprocessable(
                        "projection is " + quoted(s.projection()) + "; it must be auto, " + Projection.NAMES)));
    }

    /** So many frames of a group of pictures as the model infers within one grant's time. */
    private int groupFrames(String model) {
        double frameSeconds = leadership.frameSeconds(model).orElse(UNMEASURED_FRAME_SECONDS);
        return (int) Math.clamp(config.grantSeconds() / Math.max(1e-6, frameSeconds), 1, Integer.MAX_VALUE);
    }

    private static byte[] fingerprint(Submission s, byte[] contentDigest) {
        MessageDigest digest = Uploads.sha256();
        digest.update(contentDigest);
        // Each text is preceded by its length, so that different submissions never give the same bytes.
        List<String> texts = new ArrayList<>(
                List.of(s.source(), s.modelOrDefault(), Integer.toString(s.every()), Integer.toString(s.stream())));
        if (transport(s) != TransportChoice.AUTO) {
            texts.add(transport(s).label());
        }
        projection(s).ifPresent(p -> texts.add(p.label()));
        s.tracking().ifPresent(t -> texts.add("track " + t.words()));
        new TreeMap<>(s.labels()).forEach((k, v) -> texts.addAll(List.of(k, v)));
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            digest.update(
                    ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).flip());
            digest.update(bytes);
        }
        return digest.digest();
    }

    private void wake() {
        fetching.wake();
        probing.wake();
        decoding.wake();
    }

    private static void check(Submission s) {
        if (s.every() < 1) {
            throw RejectedRequestException.unprocessable("every is " + s.every() + "; it must be 1 or more");
        }
        PolicyLabels.problem(s.labels()).ifPresent(problem -> {
            throw RejectedRequestException.malformed(problem);
        });
        if (s.stream() < VideoDecoder.ANY_STREAM) {
            throw RejectedRequestException.unprocessable("stream is " + s.stream() + "; it must be 0 or more");
        }
        transport(s);
        projection(s);
        if (s.labels().size() > MAX_LABELS) {
            throw RejectedRequestException.unprocessable("more than " + MAX_LABELS + " labels");
        }
        String key = s.idempotencyKey() == null ? "" : s.idempotencyKey();
        Stream<String> texts = Stream.concat(
                Stream.of(s.source(), key),
                s.labels().entrySet().stream().flatMap(e -> Stream.of(e.getKey(), e.getValue())));
        if (!texts.allMatch(JobService::isStorable)) {
            throw RejectedRequestException.malformed(
                    "the file name, source, key or a label holds a NUL character or half a surrogate pair; leave it out");
        }
        if (LabelLimits.bytes(s.source()) > MAX_TEXT_BYTES || LabelLimits.bytes(key) > MAX_TEXT_BYTES) {
            throw RejectedRequestException.unprocessable(
                    "the source, file name or key is longer than " + MAX_TEXT_BYTES + " bytes");
        }
        long labelBytes = LabelLimits.bytes(s.labels());
        if (labelBytes > LabelLimits.MAX_BYTES) {
            throw RejectedRequestException.unprocessable("the labels have " + labelBytes
                    + " bytes, names and values together; at most " + LabelLimits.MAX_BYTES + " are taken");
        }
    }

    private static boolean isStorable(String text) {
        return text.indexOf(0) < 0 && StandardCharsets.UTF_8.newEncoder().canEncode(text);
    }

    /**
     * Rejects the id of a job that a caller does not see, as if there was no such job. The protocols call this before anything that
     * takes the id of a client.
     */
    public void checkVisible(Caller caller, String id) {
        if (caller.admin()) {
            return;
        }
        checkForm(id);
        if (!jobs.tenantOf(id).map(caller::sees).orElse(false)) {
            throw RejectedRequestException.jobNotFound(id);
        }
    }

    /** Those of these jobs that a caller sees. */
    public Set<String> visible(Caller caller, Set<String> ids) {
        return caller.admin() ? ids : jobs.ownIds(caller.tenant(), ids);
    }

    /** Ids consist of these characters. Any other id is unknown, and is not passed on to the database. */
    private static void checkForm(String id) {
        if (id.isEmpty() || !id.chars().allMatch(c -> c < 128 && (Character.isLetterOrDigit(c) || c == '-'))) {
            throw RejectedRequestException.jobNotFound(id);
        }
    }

    /** The job with this id. */
    public Job get(String id) {
        checkForm(id);
        return jobs.find(id).orElseThrow(() -> RejectedRequestException.jobNotFound(id));
    }

    /**
     * Lists the jobs that a caller sees, newest first, at most {@value #LIST_LIMIT}, and fewer when their texts are large.
     *
     * @param state only jobs in this state; null or empty for all
     * @param before only jobs that arrived before this job; null or empty for all
     * @param limit a smaller limit, as text; null or empty for {@value #LIST_LIMIT}
     */
    public JobStore.Page list(Caller caller, @Nullable String state, @Nullable String before, @Nullable String limit) {
        String last = null;
        if (before != null && !before.isEmpty()) {
            checkVisible(caller, before);
            last = get(before).id();
        }
        return jobs.list(
                caller.admin() ? null : caller.tenant(),
                stateNamed(state),
                last,
                limit == null || limit.isEmpty() ? LIST_LIMIT : limit(limit));
    }

    private static int limit(String text) {
        if (text.matches("[0-9]{1,4}")) {
            int limit = Integer.parseInt(text);
            if (limit >= 1 && limit <= LIST_LIMIT) {
                return limit;
            }
        }
        throw RejectedRequestException.malformed(
                "limit is " + quoted(text) + "; it must be a whole number from 1 to " + LIST_LIMIT);
    }

    private static @Nullable String stateNamed(@Nullable String state) {
        if (state == null || state.isEmpty()) {
            return null;
        }
        String name = state.toUpperCase(Locale.ROOT);
        if (!STATES.contains(name)) {
            throw RejectedRequestException.malformed(
                    "no state " + quoted(state) + "; states are " + String.join(", ", STATES));
        }
        return name;
    }

    /** Cancels a job that has not ended. Cancelling a job twice is not an error. */
    public Job cancel(String id) {
        if (get(id).live()) {
            live.finish(id);
        }
        Instant now = clock.instant();
        Job job = ledger.transition(id, s -> s instanceof JobState.Open open ? open.cancel(now) : null)
                .orElseThrow(() -> RejectedRequestException.jobNotFound(id))
                .job();
        stop(id);
        if (!(job.state() instanceof JobState.Cancelled)) {
            throw RejectedRequestException.conflict(
                    "job " + id + " has ended already: " + job.state().name());
        }
        return job;
    }

    /**
     * Cancels a job that has not ended. Deletes a job that has ended, with its source, its result and its idempotency key.
     *
     * @return the job after it was cancelled, or before it was deleted
     */
    public Job delete(String id) {
        Job job = get(id);
        if (!job.ended()) {
            return cancel(id);
        }
        retention.deleteJob(id);
        return job;
    }

    /** Queues a failed or cancelled job again. Only its missing chunks are written and inferred. */
    public Job redrive(String id) {
        if (get(id).progress().sourceDeleted()) {
            throw RejectedRequestException.gone("the source of job " + id + " is no longer kept; submit it again");
        }
        JobStore.Change change = ledger.redrive(id).orElseThrow(() -> RejectedRequestException.jobNotFound(id));
        if (!change.changed()) {
            throw RejectedRequestException.conflict("job " + id + " is "
                    + change.job().state().name() + "; only a FAILED or CANCELLED job can be redriven");
        }
        if (change.job().live()) {
            live.start(change.job());
        } else {
            wake();
        }
        return change.job();
    }

    /** Fails a job unless it has ended. Returns empty when there is no such job. */
    public Optional<Job> fail(String id, String cause) {
        live.commit(id);
        Optional<Job> job = ledger.fail(id, cause);
        stop(id);
        return job;
    }

    /**
     * Fails a job on behalf of a leader unless it has ended. Returns empty when there is no such job.
     *
     * @throws StaleEpochException when another scheduler leads
     */
    public Optional<Job> fail(long epoch, String id, String cause) {
        live.commit(id);
        Optional<Job> job = ledger.fail(epoch, id, cause);
        stop(id);
        return job;
    }

    /**
     * Lets a job's frames travel as pixels from the chunk of an irregular result on.
     *
     * @return whether this changed the job
     */
    public boolean leavePackets(ChunkResult irregular) {
        boolean changed = ledger.leavePackets(irregular);
        String job = irregular.getGrant().getJob();
        if (changed) {
            // A pass that writes pixels from a later chunk on has to begin earlier.
            decoding.stop(job);
        } else {
            // The pass that writes packets may still run, although the job was changed before.
            decoding.stopPackets(job);
        }
        decoding.wake();
        return changed;
    }

    private void stop(String id) {
        fetching.stop(id);
        probing.stop(id);
        decoding.stop(id);
        live.stop(id);
    }

    String newId() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String quoted(String text) {
        // The text is not a valid address, so it is unknown where in it a password would end.
        if (text.contains("@") && text.contains(":")) {
            return "(not shown: it may hold a password)";
        }
        return '"' + (text.length() > 200 ? text.substring(0, 200) + "..." : text) + '"';
    }
}
