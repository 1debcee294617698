package io.framequota.ingest.job.ledger;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FrameCleaner;
import io.framequota.ingest.chunk.PixelTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.LiveStore;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.MemberFiles;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Makes every change of a job: first in the database, then in what follows from it. The scheduler gets an event, watchers are
 * notified, memory for decoding ahead is released, and frames that no open chunk needs are deleted. The changes of one job and
 * what follows from them have the same order. Methods may block, and any thread may call them.
 *
 * <p>A change that throws {@link StoreException} may have happened. Before the next change of that job, and soon in any case by
 * {@link #reconcile}, the state of the job is read from the database again.
 */
@Singleton
public final class JobLedger {
    private static final Logger LOG = Logger.getLogger(JobLedger.class);

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final LiveStore live;
    private final MemberFiles files;
    private final JobEventQueue events;
    private final JobChangeNotifier notifier;
    private final FrameCleaner cleaner;
    private final DecodeAheadLimiter ahead;
    private final Clock clock;
    private final IngestConfig config;
    private final JobStory story;
    private final OpenChunkOffsets openChunks = new OpenChunkOffsets();
    /** A job's lock is chosen by its id. It keeps the events of a job in the order of its transactions. */
    private final ReentrantLock[] locks = new ReentrantLock[64];
    /** Jobs with a change whose outcome is unknown, because the database did not answer. */
    private final Set<String> uncertain = ConcurrentHashMap.newKeySet();

    JobLedger(
            JobStore jobs,
            ChunkStore chunks,
            LiveStore live,
            MemberFiles files,
            JobEventQueue events,
            JobChangeNotifier notifier,
            FrameCleaner cleaner,
            DecodeAheadLimiter ahead,
            Clock clock,
            IngestConfig config,
            JobStory story) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.live = live;
        this.files = files;
        this.events = events;
        this.notifier = notifier;
        this.cleaner = cleaner;
        this.ahead = ahead;
        this.clock = clock;
        this.config = config;
        this.story = story;
        for (int i = 0; i < locks.length; i++) {
            locks[i] = new ReentrantLock();
        }
        chunks.openChunks().forEach(k -> opened(k.chunk()));
    }

    /** Adds a job. When the idempotency key has created a job before, returns that one. */
    public Job submit(JobSpec spec, JobStore.SubmissionInfo info) {
        return locked(spec.id(), () -> {
            JobStore.Inserted inserted = jobs.insert(spec, clock.instant(), info);
            if (inserted.created()) {
                events.add(JobEventMessages.submitted(inserted.job(), List.of()));
                story.submitted(inserted.job());
            }
            return inserted.job();
        });
    }

    /**
     * Records that a decoder starts with the job.
     *
     * @return false when the job has ended
     */
    public boolean startDecoding(String id) {
        return locked(id, () -> {
            Optional<JobStore.Change> change =
                    jobs.transition(id, s -> s instanceof JobState.Queued queued ? queued.run() : null);
            notifier.changed(id);
            boolean started = change.isPresent() && !change.get().job().ended();
            if (started) {
                story.started(id);
                events.add(JobEventMessages.decoding(id));
            }
            return started;
        });
    }

    /** What a source's properties mean for the job, such as the number of frames to infer. Stores nothing. */
    public Probed probed(Job job, VideoInfo info) {
        return ProbeMapper.of(info, job.spec(), pixels(), job.progress().packets());
    }

    /**
     * Records the properties of a queued job's source and how the job's frames travel, unless that is known already.
     *
     * @param whyPixels why its frames do not travel as packets, one line; empty when they do
     */
    public void insertProbed(Job job, VideoInfo info, String whyPixels) {
        Probed probed = ProbeMapper.of(info, job.spec(), pixels(), whyPixels.isEmpty());
        recordProbed(job.id(), probed, () -> {
            boolean stored = jobs.insertProbed(job.id(), probed, whyPixels);
            if (stored) {
                story.probed(job.id(), probed, whyPixels);
            }
            return stored;
        });
    }

    /** Records what a pass has found out about a job's source. */
    public void updateProbed(String id, Probed probed) {
        recordProbed(id, probed, () -> jobs.updateProbed(id, probed));
    }

    private void recordProbed(String id, Probed probed, BooleanSupplier store) {
        locked(id, () -> {
            if (store.getAsBoolean()) {
                events.add(JobEventMessages.probed(id, probed));
                notifier.changed(id);
            }
            return id;
        });
    }

    /**
     * Records a chunk whose frames are on the broker.
     *
     * @return false when the job wants no further chunks
     */
    public boolean addChunk(WrittenChunk written) {
        Chunk chunk = written.chunk();
        return locked(chunk.getJob(), () -> {
            boolean wanted;
            try {
                wanted = chunks.add(written);
            } catch (StoreException e) {
                // The chunk may be in the database: its frames must stay until that is known.
                opened(chunk);
                throw e;
            }
            if (wanted) {
                story.written(chunk.getFrames());
                opened(chunk);
                events.add(JobEventMessages.chunkReady(chunk));
                notifier.changed(chunk.getJob());
            }
            return wanted;
        });
    }

    /** Records that the whole source was decoded. */
    public void finishDecoding(String id, ChunkingSummary summary) {
        locked(id, () -> {
            jobs.finishDecoding(id, summary, clock.instant())
                    .filter(JobStore.Change::changed)
                    .ifPresent(change -> {
                        events.add(JobEventMessages.decoded(change.job()));
                        followUp(change.job());
                    });
            return id;
        });
    }

    /**
     * Records a chunk's result.
     *
     * @param file the chunk's member, relative to the storage folder
     */
    public ChunkStore.CommitOutcome commit(ChunkResult result, String file) {
        String id = result.getGrant().getJob();
        int chunk = result.getGrant().getChunk();
        return locked(id, () -> {
            ChunkStore.CommitOutcome outcome = chunks.commit(result, file, clock.instant());
            switch (outcome) {
                case ChunkStore.CommitOutcome.Won won -> {
                    story.committed(result.getFrames());
                    closed(won.chunk().chunk());
                    events.add(JobEventMessages.chunkCommitted(id, chunk));
                    followUp(won.job());
                    cleaner.deleteBelow(openChunks.lowest());
                }
                // The scheduler granted the chunk again, so it may have missed the event of the first commit.
                case ChunkStore.CommitOutcome.Lost _ -> events.add(JobEventMessages.chunkCommitted(id, chunk));
                case ChunkStore.CommitOutcome.StaleEpoch _, ChunkStore.CommitOutcome.NotOpen _ -> {}
            }
            return outcome;
        });
    }

    /**
     * Records the stream of a live job as it was opened, or has changed.
     *
     * @return false when the job has ended
     */
    public boolean openStream(String id, LiveStream stream) {
        return locked(id, () -> {
            Optional<Job> job = live.saveStream(id, stream);
            if (job.isPresent()) {
                events.add(JobEventMessages.live(id, stream));
                notifier.changed(id);
            }
            return job.isPresent();
        });
    }

    /** Records that a live job's stream has no publisher now. */
    public void loseStream(String id) {
        locked(id, () -> {
            live.saveLost(id);
            events.add(JobEventMessages.liveLost(id));
            notifier.changed(id);
            return id;
        });
    }

    /** Records that a worker infers the stream of a live job. */
    public void startStream(String id) {
        transition(id, s -> s instanceof JobState.Queued queued ? queued.run() : null);
    }

    /** Records that the source of a live job has ended and its result is complete. */
    public void endStream(String id) {
        Instant now = clock.instant();
        transition(id, s -> switch (s) {
            case JobState.Running running -> running.succeed(now);
            case JobState.Queued queued -> queued.run().succeed(now);
            case JobState.Ended _ -> null;
        });
    }

    /**
     * Commits a window of a live job's result. A window that was committed before changes nothing.
     *
     * @return false when the job has ended
     */
    public boolean commit(LiveStore.Window window) {
        return locked(window.job(), () -> {
            boolean open = live.commit(window, clock.instant()).isPresent();
            if (open) {
                story.committed(window.lines());
            }
            notifier.changed(window.job());
            return open;
        });
    }

    /**
     * Lets a job's frames travel as pixels from a chunk on, where no later chunk is needed any more. A job whose frames do not travel
     * as packets stays as it is.
     *
     * @param reason one line for people
     */
    public void leavePackets(String id, int chunk, String reason) {
        locked(id, () -> {
            deletingFiles(id, () -> chunks.leavePackets(id, chunk, pixels().label(), MessageSanitizer.sanitize(reason)))
                    .ifPresent(this::leftPackets);
            return id;
        });
    }

    /**
     * The same, from the chunk of an irregular result on, also where frames already travel as pixels from a later chunk on: workers find
     * irregular chunks in any order.
     *
     * @return whether this changed the job
     */
    public boolean leavePackets(ChunkResult irregular) {
        ChunkResult sanitized = irregular.toBuilder()
                .setIrregular(MessageSanitizer.sanitize(irregular.getIrregular()))
                .build();
        String id = irregular.getGrant().getJob();
        return locked(id, () -> {
            Optional<Job> job = deletingFiles(id, () -> chunks.leavePackets(sanitized, pixels().label()));
            job.ifPresent(this::leftPackets);
            return job.isPresent();
        });
    }

    /** Makes a change that may delete members, then deletes their files. No later attempt has a name of theirs. */
    private <T> T deletingFiles(String id, Supplier<T> change) {
        Set<String> deleted = new HashSet<>(chunks.memberFiles(id));
        T result = change.get();
        chunks.memberFiles(id).forEach(deleted::remove);
        try {
            for (String file : deleted) {
                files.delete(file);
            }
        } catch (IOException e) {
            LOG.warnf("job %s: results that are not needed stay on the disk: %s", id, MessageSanitizer.describe(e));
        }
        return result;
    }

    private void leftPackets(Job job) {
        LOG.infof(
                "job %s: frames travel as %s from chunk %d on: %s",
                job.id(),
                job.progress().frameTransport(),
                job.progress().leftPacketsAt(),
                job.progress().frameTransportReason());
        List<KnownChunk> known = chunks.chunks(job.id());
        keepOpen(job.id(), known);
        events.add(JobEventMessages.submitted(job, known));
        followUp(job);
        cleaner.deleteBelow(openChunks.lowest());
    }

    private PixelTransport pixels() {
        return PixelTransport.parse(config.framesJpegQuality());
    }

    /**
     * Fails a job unless it has ended.
     *
     * @param cause one line for people
     * @return empty when there is no such job
     */
    public Optional<Job> fail(String id, String cause) {
        return transition(id, failWith(cause, false)).map(JobStore.Change::job);
    }

    /** Fails a job, unless it has ended, because of its source. */
    public void fail(String id, SourceException cause) {
        transition(id, failWith(String.valueOf(cause.getMessage()), cause.isBadInput()));
    }

    /**
     * Fails a job on behalf of a leader unless it has ended.
     *
     * @throws StaleEpochException when another scheduler leads
     */
    public Optional<Job> fail(long epoch, String id, String cause) {
        Function<JobState, @Nullable JobState> step = failWith(cause, false);
        return apply(id, () -> jobs.transition(epoch, id, step)).map(JobStore.Change::job);
    }

    private Function<JobState, @Nullable JobState> failWith(String cause, boolean badInput) {
        // A library's message may hold characters that the database refuses, and then failing the job would fail for
        // ever.
        String line = MessageSanitizer.sanitize(cause);
        Instant now = clock.instant();
        return s -> s instanceof JobState.Open open ? open.fail(now, line, badInput) : null;
    }

    /**
     * Queues a failed or cancelled job again.
     *
     * @return empty when there is no such job
     */
    public Optional<JobStore.Change> redrive(String id) {
        return apply(id, () -> deletingFiles(id, () -> jobs.transition(id, JobLedger::redriven)));
    }

    private static @Nullable JobState redriven(JobState state) {
        return switch (state) {
            case JobState.Failed failed -> failed.redrive();
            case JobState.Cancelled cancelled -> cancelled.redrive();
            case JobState.Open _, JobState.Succeeded _ -> null;
        };
    }

    /**
     * Changes the state of a job.
     *
     * @param step returns the new state, or null to leave the job as it is
     * @return empty when there is no such job
     */
    public Optional<JobStore.Change> transition(String id, Function<JobState, @Nullable JobState> step) {
        return apply(id, () -> jobs.transition(id, step));
    }

    private Optional<JobStore.Change> apply(String id, Supplier<Optional<JobStore.Change>> transition) {
        return locked(id, () -> {
            Optional<JobStore.Change> change = transition.get();
            change.filter(JobStore.Change::changed).ifPresent(c -> {
                if (c.job().state() instanceof JobState.Queued) {
                    story.queuedAgain(c.job());
                    events.add(JobEventMessages.submitted(c.job(), chunks.chunks(id)));
                }
                followUp(c.job());
            });
            return change;
        });
    }

    /** Reads jobs with an uncertain change from the database again, if it answers. */
    public void reconcile() {
        try {
            uncertain.forEach(id -> locked(id, () -> id));
        } catch (StoreException e) {
            LOG.debugf("jobs with uncertain changes are read again later: %s", e.getMessage());
        }
    }

    private void reconcile(String id) {
        // This transition takes the job's row lock, so it waits for a transaction that is still in progress.
        Optional<JobStore.Change> now = jobs.transition(id, s -> null);
        List<KnownChunk> known = chunks.chunks(id);
        uncertain.remove(id);
        keepOpen(id, known);
        now.map(JobStore.Change::job).ifPresent(job -> {
            if (!job.ended()) {
                JobEventMessages.allOf(job, known).forEach(events::add);
            }
            followUp(job);
        });
    }

    private void keepOpen(String id, List<KnownChunk> known) {
        Set<Chunk> open = known.stream()
                .filter(k -> k.state() == KnownChunk.State.OPEN)
                .map(KnownChunk::chunk)
                .collect(Collectors.toSet());
        openChunks.of(id).stream().filter(c -> !open.contains(c)).forEach(this::closed);
        open.forEach(this::opened);
    }

    private void opened(Chunk chunk) {
        if (openChunks.add(chunk)) {
            ahead.add(chunk.getJob(), chunk.getBytes());
        }
    }

    private void closed(Chunk chunk) {
        if (openChunks.remove(chunk)) {
            ahead.release(chunk.getJob(), chunk.getBytes());
        }
    }

    private void followUp(Job job) {
        if (job.ended()) {
            story.ended(job);
            openChunks.removeAll(job.id());
            ahead.releaseAll(job.id());
            events.add(JobEventMessages.ended(job));
            cleaner.deleteBelow(openChunks.lowest());
        }
        notifier.changed(job.id());
    }

    private <T> T locked(String id, Supplier<T> change) {
        ReentrantLock lock = locks[Math.floorMod(id.hashCode(), locks.length)];
        lock.lock();
        try {
            if (uncertain.contains(id)) {
                reconcile(id);
            }
            return change.get();
        } catch (StoreException e) {
            uncertain.add(id);
            throw e;
        } finally {
            lock.unlock();
        }
    }
}
