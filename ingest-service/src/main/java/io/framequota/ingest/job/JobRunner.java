package io.framequota.ingest.job;

import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.publish.FramePublisher;
import io.framequota.ingest.publish.FramesRefusedException;
import io.framequota.ingest.publish.PublishSummary;
import io.framequota.ingest.source.SourceException;
import io.framequota.ingest.source.SourceStore;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Decodes jobs, a bounded number at once, in order of arrival, each on a platform thread of its own. The database is the
 * queue: a job that was running when the process died is found there and goes on behind its last known chunk.
 */
@Singleton
public final class JobRunner {
    private static final Logger LOG = Logger.getLogger(JobRunner.class);
    private static final Duration LOOK_ANYWAY = Duration.ofSeconds(5);
    private static final Duration AFTER_TROUBLE = Duration.ofSeconds(1);

    private record Running(DecodePass pass, Thread thread) {}

    private final JobStore jobs;
    private final ChunkStore chunks;
    private final JobLedger ledger;
    private final SourceStore sources;
    private final FramePublisher publisher;
    private final Semaphore slots;
    private final Semaphore look = new Semaphore(0);
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Thread dispatcher = Threads.virtual("decode-dispatcher", this::dispatch);

    JobRunner(
            JobStore jobs,
            ChunkStore chunks,
            JobLedger ledger,
            SourceStore sources,
            FramePublisher publisher,
            IngestConfig config,
            MeterRegistry metrics) {
        this.jobs = jobs;
        this.chunks = chunks;
        this.ledger = ledger;
        this.sources = sources;
        this.publisher = publisher;
        this.slots = new Semaphore(config.decodeJobs());
        Gauge.builder("framequota.decode.jobs", running, Map::size)
                .description("Jobs being decoded, each with one scaled frame in hand; at most FRAMEQUOTA_DECODE_JOBS")
                .register(metrics);
    }

    void start() {
        dispatcher.start();
    }

    /** There may be a job to decode. */
    void wake() {
        if (look.availablePermits() == 0) {
            look.release();
        }
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
                if (!slots.tryAcquire(LOOK_ANYWAY.toMillis(), TimeUnit.MILLISECONDS)) {
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

    private Optional<Job> next() throws InterruptedException {
        try {
            Optional<Job> next = jobs.nextToDecode(running.keySet());
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
        DecodePass pass = new DecodePass(job, ledger);
        Thread thread = Threads.platform("decode-" + job.id(), () -> {
            try {
                run(job, pass);
            } finally {
                pass.close();
                running.remove(job.id());
                slots.release();
                wake();
            }
        });
        running.put(job.id(), new Running(pass, thread));
        thread.start();
    }

    private void run(Job job, DecodePass pass) {
        try {
            Path video = sources.resolve(job.spec().input(), job.id(), pass::stopped);
            PublishSummary summary = publisher.publish(
                    DecodePass.request(
                            job.spec(),
                            video,
                            chunks.chunks(job.id()),
                            job.tally().warnings()),
                    pass);
            if (!summary.stopped()) {
                ledger.decoded(job.id(), summary);
            }
        } catch (SourceException | FramesRefusedException e) {
            fail(job, e.getMessage() == null ? "the source cannot be used" : e.getMessage());
        } catch (InterruptedException e) {
            LOG.debugf("job %s: decoding stopped", job.id());
        } catch (StoreException e) {
            // The job stays running and not decoded, so the dispatcher takes it up again.
            LOG.warnf("job %s: decoding begins again: %s", job.id(), e.getMessage());
            pause();
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.errorf(e, "job %s: decoding failed", job.id());
            fail(job, "decoding failed inside: " + e);
        }
    }

    private void fail(Job job, String cause) {
        try {
            ledger.fail(job.id(), cause);
        } catch (StoreException e) {
            LOG.warnf("job %s: could not be failed, decoding begins again: %s", job.id(), e.getMessage());
            pause();
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
