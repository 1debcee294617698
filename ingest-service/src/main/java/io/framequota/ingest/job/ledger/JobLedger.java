package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.ChunkResult;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.chunk.ChunkRoom;
import io.framequota.ingest.chunk.ChunkRoom.Reservation;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FrameCleaner;
import io.framequota.ingest.chunk.FrameTransport;
import io.framequota.ingest.chunk.WrittenChunk;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.decode.VideoInfo;
import io.framequota.ingest.failure.MessageSanitizer;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobSpec;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.KnownChunk;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Instant;
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
 * Every change of a job goes through here: first the database, then, in the same order, what follows from it: the scheduler
 * is told, watchers are woken, room for frames is given back, frames that nobody needs are removed. May block; any thread.
 *
 * <p>A change that ends with a {@link StoreException} may have happened all the same. So before anything else is done about
 * its job, and soon in any case ({@link #settle}), what is known of the job is taken from the database anew.
 */
@Singleton
public final class JobLedger {
    private static final Logger LOG = Logger.getLogger(JobLedger.class);

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final JobEventQueue facts;
    private final JobChangeNotifier events;
    private final FrameCleaner cleaner;
    private final Clock clock;
    private final IngestConfig config;
    private final DecodeAheadLimiter ahead;
    private final OpenChunkOffsets needed = new OpenChunkOffsets();
    /** Striped by job: facts of a job leave in the order of its transactions. */
    private final ReentrantLock[] locks = new ReentrantLock[64];
    /** Jobs with a change of which the database did not say what became of it. */
    private final Set<String> unsure = ConcurrentHashMap.newKeySet();

    JobLedger(
            JobStore jobs,
            ChunkStore chunks,
            JobEventQueue facts,
            JobChangeNotifier events,
            FrameCleaner cleaner,
            Clock clock,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.facts = facts;
        this.events = events;
        this.cleaner = cleaner;
        this.clock = clock;
        this.config = config;
        this.ahead = new DecodeAheadLimiter(config.decodeAheadBytes().asLongValue(), config.decodeJobs());
        for (int i = 0; i < locks.length; i++) {
            locks[i] = new ReentrantLock();
        }
        metrics.gauge("framequota.decode.ahead.bytes", ahead, DecodeAheadLimiter::held);
        chunks.open().forEach(k -> open(k.chunk()));
    }

    /** Adds a job, unless its key has made one before. */
    public JobStore.Inserted submit(JobSpec spec, JobStore.Asked asked) {
        return locked(spec.id(), () -> {
            JobStore.Inserted inserted = jobs.insert(spec, clock.instant(), asked);
            if (inserted.created()) {
                facts.add(JobEventMessages.submitted(inserted.job(), List.of()));
            }
            return inserted;
        });
    }

    /** A decoder takes the job. False when it has ended meanwhile. */
    public boolean take(String id) {
        return locked(id, () -> {
            Optional<JobStore.Change> change =
                    jobs.move(id, s -> s instanceof JobState.Queued queued ? queued.run() : null);
            events.changed(id);
            boolean taken = change.isPresent() && !change.get().job().ended();
            if (taken) {
                facts.add(JobEventMessages.decoding(id));
            }
            return taken;
        });
    }

    /** What a look at a job's source means for the job; nothing is kept. */
    public Probed seen(Job job, VideoInfo probe) {
        return ProbeMapper.of(probe, job.spec(), FrameTransport.parse(config.framesJpegQuality()));
    }

    /** Keeps what a container says of a job's source, unless a decoder has told more meanwhile. */
    public void probed(Job job, VideoInfo probe) {
        Probed probed = seen(job, probe);
        told(job.id(), probed, () -> jobs.probedFirst(job.id(), probed));
    }

    /** Keeps what a decoder knows of a job's source by now. */
    public void probed(String id, Probed probed) {
        told(id, probed, () -> jobs.probed(id, probed));
    }

    private void told(String id, Probed probed, BooleanSupplier kept) {
        locked(id, () -> {
            if (kept.getAsBoolean()) {
                facts.add(JobEventMessages.probed(id, probed));
                events.changed(id);
            }
            return id;
        });
    }

    /** Room goes to these jobs first, in this order, and to others after them by arrival. */
    public void decodeNext(List<String> order) {
        ahead.order(order);
    }

    /**
     * The room for a job's chunks.
     *
     * @param stopped asked while a call waits
     * @param beforeWaiting runs before a call that may wait
     */
    public ChunkRoom room(Job job, BooleanSupplier stopped, Runnable beforeWaiting) {
        return ahead.roomOf(job.id(), job.arrival(), stopped, beforeWaiting);
    }

    /**
     * Records a chunk whose frames are on the broker.
     *
     * @param room taken for it; closed here, unless this throws
     * @return whether the job still wants chunks
     */
    public boolean written(WrittenChunk written, Reservation room) {
        Chunk chunk = written.chunk();
        return locked(chunk.getJob(), () -> {
            boolean wanted;
            try {
                wanted = chunks.written(written);
            } catch (StoreException e) {
                // Until it is known whether the authority has the chunk, nobody may remove its frames.
                open(chunk);
                throw e;
            }
            if (wanted) {
                open(chunk);
                facts.add(JobEventMessages.ready(chunk.getJob(), chunk));
                events.changed(chunk.getJob());
            }
            room.close();
            return wanted;
        });
    }

    public void decoded(String id, ChunkingSummary summary) {
        locked(id, () -> {
            jobs.decoded(id, summary, clock.instant())
                    .filter(JobStore.Change::changed)
                    .ifPresent(change -> {
                        facts.add(JobEventMessages.decoded(change.job()));
                        follow(change.job());
                    });
            return id;
        });
    }

    /**
     * Records a chunk's result.
     *
     * @param file its member, relative to the storage
     */
    public ChunkStore.Commit commit(ChunkResult result, String file) {
        String id = result.getGrant().getJob();
        int chunk = result.getGrant().getChunk();
        return locked(id, () -> {
            ChunkStore.Commit commit = chunks.commit(result, file, clock.instant());
            switch (commit) {
                case ChunkStore.Commit.Won won -> {
                    close(won.chunk().chunk());
                    facts.add(JobEventMessages.committed(id, chunk));
                    follow(won.job());
                    cleaner.deleteBelow(needed.lowest());
                }
                // The scheduler may have missed it, or it would not have had it run again.
                case ChunkStore.Commit.Lost _ -> facts.add(JobEventMessages.committed(id, chunk));
                case ChunkStore.Commit.Stale _, ChunkStore.Commit.Late _ -> {}
            }
            return commit;
        });
    }

    /** Ends an open job with a cause, one line for people; an ended one stays as it is. */
    public Optional<Job> fail(String id, String cause) {
        return move(id, failing(cause)).map(JobStore.Change::job);
    }

    /**
     * The same, by a leader.
     *
     * @throws StaleEpochException when another leads
     */
    public Optional<Job> fail(long epoch, String id, String cause) {
        Function<JobState, @Nullable JobState> step = failing(cause);
        return moved(id, () -> jobs.moveUnder(epoch, id, step)).map(JobStore.Change::job);
    }

    private Function<JobState, @Nullable JobState> failing(String cause) {
        // One line of text: what a library says may hold characters that the database refuses, and that must not loop.
        String line = MessageSanitizer.line(cause);
        Instant now = clock.instant();
        return s -> s instanceof JobState.Open open ? open.fail(now, line) : null;
    }

    /** Moves a job by a legal step, or leaves it where the step gives null. */
    public Optional<JobStore.Change> move(String id, Function<JobState, @Nullable JobState> step) {
        return moved(id, () -> jobs.move(id, step));
    }

    private Optional<JobStore.Change> moved(String id, Supplier<Optional<JobStore.Change>> move) {
        return locked(id, () -> {
            Optional<JobStore.Change> change = move.get();
            change.filter(JobStore.Change::changed).ifPresent(c -> {
                if (c.job().state() instanceof JobState.Queued) {
                    facts.add(JobEventMessages.submitted(c.job(), chunks.chunks(id)));
                }
                follow(c.job());
            });
            return change;
        });
    }

    /** Takes what is known of jobs with an uncertain change from the database, as soon as that answers. */
    public void settle() {
        try {
            unsure.forEach(id -> locked(id, () -> id));
        } catch (StoreException e) {
            LOG.debugf("what became of some changes is asked later: %s", e.getMessage());
        }
    }

    private void settle(String id) {
        // Takes the job's row lock, and so waits for a transaction that is still under way.
        Optional<JobStore.Change> now = jobs.move(id, s -> null);
        List<KnownChunk> known = chunks.chunks(id);
        unsure.remove(id);
        Set<Chunk> open = known.stream()
                .filter(k -> k.state() == KnownChunk.State.OPEN)
                .map(KnownChunk::chunk)
                .collect(Collectors.toSet());
        needed.of(id).stream().filter(c -> !open.contains(c)).forEach(this::close);
        open.forEach(this::open);
        now.map(JobStore.Change::job).ifPresent(job -> {
            if (!job.ended()) {
                JobEventMessages.all(job, known).forEach(facts::add);
            }
            follow(job);
        });
    }

    private void open(Chunk chunk) {
        if (needed.opened(chunk)) {
            ahead.adjust(chunk.getJob(), chunk.getBytes());
        }
    }

    private void close(Chunk chunk) {
        if (needed.closed(chunk)) {
            ahead.adjust(chunk.getJob(), -chunk.getBytes());
        }
    }

    private void follow(Job job) {
        if (job.ended()) {
            needed.dropped(job.id());
            ahead.release(job.id());
            facts.add(JobEventMessages.ended(job));
            cleaner.deleteBelow(needed.lowest());
        }
        events.changed(job.id());
    }

    private <T> T locked(String id, Supplier<T> change) {
        ReentrantLock lock = locks[Math.floorMod(id.hashCode(), locks.length)];
        lock.lock();
        try {
            if (unsure.contains(id)) {
                settle(id);
            }
            return change.get();
        } catch (StoreException e) {
            unsure.add(id);
            throw e;
        } finally {
            lock.unlock();
        }
    }
}
