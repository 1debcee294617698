package io.framequota.ingest.job;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.label.PolicyLabels;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.source.SourceException;
import io.framequota.ingest.source.SourceStore;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** What clients ask of jobs, whatever protocol they speak. Refuses with {@link Refusal}; may block. */
@Singleton
public final class JobService {
    /** The model of a submission that names none. */
    public static final String DEFAULT_MODEL = "people";

    /** Jobs of one list at most. */
    public static final int LIST_LIMIT = 1000;

    private static final int MAX_LABELS = 64;
    private static final int MAX_TEXT = 2048;

    /**
     * A submission.
     *
     * @param source a URL or a sample; of an upload, the file's name
     * @param model empty for the default
     * @param every infer every Nth frame
     * @param key the same key answers with the job that it made first; null for none
     */
    public record Submission(
            String source,
            String model,
            int every,
            Map<String, String> labels,
            @Nullable String key) {}

    private final JobStore jobs;
    private final JobLedger ledger;
    private final JobRunner runner;
    private final Prober prober;
    private final Models models;
    private final Uploads uploads;
    private final SourceStore sources;
    private final Clock clock;
    private final RandomGenerator random;
    private final IngestConfig config;

    JobService(
            JobStore jobs,
            JobLedger ledger,
            JobRunner runner,
            Prober prober,
            Models models,
            Uploads uploads,
            SourceStore sources,
            Clock clock,
            RandomGenerator random,
            IngestConfig config) {
        this.jobs = jobs;
        this.ledger = ledger;
        this.runner = runner;
        this.prober = prober;
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
        if (source.startsWith("upload:") || !known(source)) {
            throw new Refusal(
                    Refusal.Kind.UNUSABLE,
                    "source " + quoted(source)
                            + " is neither a URL (http, https) nor sample:walkers; send a file as an upload");
        }
        return add(submission, newId(), source);
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

    /** Submits a stored upload, which belongs to the job from then on; it is removed when there is no new job. */
    public Job submit(Submission submission, Uploads.Place upload) {
        try {
            Job job = add(submission, upload.id(), upload.source());
            if (!job.id().equals(upload.id())) {
                upload.remove();
            }
            return job;
        } catch (RuntimeException e) {
            upload.remove();
            throw e;
        }
    }

    private Job add(Submission s, String id, String input) {
        check(s);
        ModelCard model = models.find(s.model().isEmpty() ? DEFAULT_MODEL : s.model());
        JobSpec spec = new JobSpec(
                id,
                s.source(),
                input,
                model,
                s.every(),
                config.chunkFrames(),
                config.chunkBytes().asLongValue(),
                s.labels());
        Job job = ledger.submit(spec, s.key()).job();
        prober.wake();
        runner.wake();
        return job;
    }

    private static void check(Submission s) {
        if (s.every() < 1) {
            throw new Refusal(Refusal.Kind.UNUSABLE, "every is " + s.every() + "; it must be 1 or more");
        }
        PolicyLabels.problem(s.labels()).ifPresent(problem -> {
            throw new Refusal(Refusal.Kind.MALFORMED, problem);
        });
        if (s.labels().size() > MAX_LABELS) {
            throw new Refusal(Refusal.Kind.UNUSABLE, "more than " + MAX_LABELS + " labels");
        }
        boolean tooLong = s.source().length() > MAX_TEXT
                || (s.key() != null && s.key().length() > MAX_TEXT)
                || s.labels().entrySet().stream()
                        .anyMatch(e -> e.getKey().length() + e.getValue().length() > MAX_TEXT);
        if (tooLong) {
            throw new Refusal(
                    Refusal.Kind.UNUSABLE, "source, key or a label is longer than " + MAX_TEXT + " characters");
        }
    }

    /** The job that this key has made, if any: an upload with it need not be kept. */
    public Optional<Job> madeBy(@Nullable String key) {
        return key == null ? Optional.empty() : jobs.findByKey(key);
    }

    /** The job. */
    public Job get(String id) {
        return jobs.find(id).orElseThrow(() -> Refusal.noJob(id));
    }

    /**
     * The newest jobs first, {@value #LIST_LIMIT} at most.
     *
     * @param state only jobs in this state; null or empty for all
     * @param before only jobs that came before this one; null or empty for the newest
     */
    public List<Job> list(@Nullable String state, @Nullable String before) {
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
            throw new Refusal(
                    Refusal.Kind.MALFORMED, "no state " + quoted(state) + "; states are " + String.join(", ", names));
        }
        return name;
    }

    /** Ends a job that has not ended. Cancelling twice is no error. */
    public Job cancel(String id) {
        Instant now = clock.instant();
        Job job = ledger.move(id, s -> s instanceof JobState.Open open ? open.cancel(now) : null)
                .orElseThrow(() -> Refusal.noJob(id))
                .job();
        stop(id);
        if (!(job.state() instanceof JobState.Cancelled)) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "job " + id + " has ended already: " + job.state().name());
        }
        return job;
    }

    /** Runs what is missing of a failed job. */
    public Job redrive(String id) {
        if (get(id).tally().discarded()) {
            throw new Refusal(Refusal.Kind.GONE, "the source of job " + id + " is no longer kept; submit it again");
        }
        JobStore.Change change = ledger.move(id, s -> s instanceof JobState.Failed failed ? failed.redrive() : null)
                .orElseThrow(() -> Refusal.noJob(id));
        if (!change.changed()) {
            throw new Refusal(
                    Refusal.Kind.CONFLICT,
                    "job " + id + " is " + change.job().state().name() + "; only a FAILED job can be redriven");
        }
        runner.wake();
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
        prober.stop(id);
        runner.stop(id);
    }

    private String newId() {
        byte[] bytes = new byte[8];
        random.nextBytes(bytes);
        return HexFormat.of().formatHex(bytes);
    }

    private static String quoted(String text) {
        return '"' + (text.length() > 200 ? text.substring(0, 200) + "..." : text) + '"';
    }
}
