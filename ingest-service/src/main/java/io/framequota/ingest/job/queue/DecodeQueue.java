package io.framequota.ingest.job.queue;

import io.framequota.ingest.chunk.ChunkPublisher;
import io.framequota.ingest.chunk.ChunkingRequest;
import io.framequota.ingest.chunk.ChunkingSummary;
import io.framequota.ingest.chunk.FramesRefusedException;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.source.SourceStore;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.RetentionSweeper;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Decodes jobs, a bounded number at once, in the order that the live policy wants and else of arrival, each on a platform thread
 * of its own. When the first of that order wait for a slot, the last of those being decoded makes room, and goes on behind its
 * last known chunk when it is its turn. The database is the queue: a job that was running when the process died is found there
 * and goes on in the same way.
 */
@Singleton
public final class DecodeQueue {
    private static final Logger LOG = Logger.getLogger(DecodeQueue.class);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    /** A pass is not stopped for another one before it has run so long: beginning anew costs some decoding. */
    private static final Duration KEPT_AT_LEAST = Duration.ofSeconds(2);

    private record Running(PublishProgress pass, Thread thread, long sinceNanos) {
        boolean mayMakeRoom() {
            return System.nanoTime() - sinceNanos >= KEPT_AT_LEAST.toNanos();
        }
    }

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final JobLedger ledger;
    private final SourceStore sources;
    private final ChunkPublisher publisher;
    private final int width;
    private final RetentionSweeper retention;
    private final DecodeCrashGuard attempts;
    private final Semaphore slots;
    private final Semaphore look = new Semaphore(0);
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private volatile List<String> order = List.of();
    private final Thread dispatcher = Threads.virtual("decode-dispatcher", this::dispatch);

    DecodeQueue(
            JobStore jobs,
            ChunkStore chunks,
            JobLedger ledger,
            SourceStore sources,
            ChunkPublisher publisher,
            RetentionSweeper retention,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.ledger = ledger;
        this.sources = sources;
        this.publisher = publisher;
        this.width = config.decodeJobs();
        this.slots = new Semaphore(width);
        this.retention = retention;
        this.attempts = new DecodeCrashGuard(jobs);
        Gauge.builder("framequota.decode.jobs", running, Map::size)
                .description("Jobs being decoded, each with one scaled frame in hand; at most FRAMEQUOTA_DECODE_JOBS")
                .register(metrics);
    }

    public void start() {
        dispatcher.start();
    }

    /** There may be a job to decode. */
    public void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
    }

    /** These jobs are decoded first, in this order, and others after them by arrival. */
    public void next(List<String> jobs) {
        order = List.copyOf(jobs);
        ledger.decodeNext(order);
        wake();
    }

    /** The job has ended: its pass, if there is one, ends soon. */
    public void stop(String job) {
        Running pass = running.get(job);
        if (pass != null) {
            pass.pass().stop();
            pass.thread().interrupt();
        }
    }

    @PreDestroy
    void close() throws InterruptedException {
        dispatcher.interrupt();
        dispatcher.join();
        running.keySet().forEach(this::stop);
        for (Running r : running.values()) {
            r.thread().join(Duration.ofSeconds(5));
        }
    }

    private void dispatch() {
        try {
            while (true) {
                ledger.settle();
                if (!slots.tryAcquire()) {
                    makeRoom();
                    look.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                    look.drainPermits();
                    continue;
                }
                Optional<Job> next = next();
                if (next.isPresent()) {
                    begin(next.get());
                } else {
                    slots.release();
                    look.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS);
                    look.drainPermits();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Stops one that is behind the first of the order when one of these waits for a slot, and its source is here. */
    private void makeRoom() {
        List<String> wanted = order;
        List<String> first = wanted.subList(0, Math.min(width, wanted.size()));
        boolean makesRoom = running.values().stream().anyMatch(r -> r.pass().stopped());
        if (makesRoom || running.keySet().containsAll(first) || !waits(first)) {
            return;
        }
        running.entrySet().stream()
                .filter(e -> !first.contains(e.getKey()) && e.getValue().mayMakeRoom())
                .map(Map.Entry::getKey)
                .max(Comparator.comparingInt(job -> place(wanted, job)))
                .ifPresent(job -> {
                    LOG.debugf("job %s: decoded later, others come first", job);
                    stop(job);
                });
    }

    private boolean waits(List<String> first) {
        try {
            return jobs.nextToDecode(first, running.keySet())
                    .filter(job -> first.contains(job.id()))
                    .isPresent();
        } catch (StoreException e) {
            LOG.debugf("who waits is asked later: %s", e.getMessage());
            return false;
        }
    }

    /** Whether nothing is decoded. */
    boolean idle() {
        return running.isEmpty();
    }

    private static int place(List<String> wanted, String job) {
        int at = wanted.indexOf(job);
        return at < 0 ? Integer.MAX_VALUE : at;
    }

    private Optional<Job> next() throws InterruptedException {
        try {
            Optional<Job> next = jobs.nextToDecode(order, running.keySet());
            if (next.isPresent() && !ledger.take(next.get().id())) {
                return next();
            }
            return next;
        } catch (StoreException e) {
            LOG.warnf("decoding waits: %s", e.getMessage());
            Thread.sleep(AFTER_TROUBLE);
            return Optional.empty();
        }
    }

    private void begin(Job job) {
        PublishProgress pass = new PublishProgress(job, ledger);
        Thread thread = Threads.platform("decode-" + job.id(), () -> {
            try {
                run(job, pass);
            } finally {
                running.remove(job.id());
                slots.release();
                wake();
            }
        });
        running.put(job.id(), new Running(pass, thread, System.nanoTime()));
        thread.start();
    }

    private void run(Job job, PublishProgress pass) {
        try {
            Path video = sources.resolve(job.spec().input(), job.id(), pass::stopped);
            try (DecodeCrashGuard.Attempt attempt = attempts.begin(job.id())) {
                pass.proving(attempt::proven);
                ChunkingRequest request = PublishProgress.request(
                        job.spec(), video, chunks.chunks(job.id()), job.tally().warnings());
                ChunkingSummary summary =
                        publisher.publish(request, ledger.room(job, pass::stopped, attempt::proven), pass);
                ledger.decoded(job.id(), summary);
            }
        } catch (SourceException e) {
            if (fail(job, e.getMessage() == null ? "the source cannot be used" : e.getMessage()) && e.isPermanent()) {
                discard(job);
            }
        } catch (FramesRefusedException e) {
            fail(job, e.getMessage() == null ? "the broker refuses its frames" : e.getMessage());
        } catch (InterruptedException | CancellationException e) {
            LOG.debugf("job %s: decoding stopped", job.id());
        } catch (StoreException e) {
            // The job stays running and not decoded, so the dispatcher takes it up again.
            LOG.warnf("job %s: decoding begins again: %s", job.id(), e.getMessage());
            pause();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.errorf(e, "job %s: decoding failed", job.id());
            fail(
                    job,
                    e instanceof OutOfMemoryError
                            ? "decoding needs more memory than the server has; submit a smaller video"
                            : "decoding failed by an error inside the server, whose log says more");
        }
    }

    private void discard(Job job) {
        try {
            // Running it again would end in the same way.
            retention.discard(job.id());
        } catch (StoreException e) {
            LOG.debugf("job %s: its source goes later: %s", job.id(), e.getMessage());
        }
    }

    /** @return whether the job has ended; else it is decoded again */
    private boolean fail(Job job, String cause) {
        try {
            ledger.fail(job.id(), cause);
            return true;
        } catch (StoreException e) {
            LOG.warnf("job %s: could not be failed, decoding begins again: %s", job.id(), e.getMessage());
            pause();
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(AFTER_TROUBLE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
