package io.framequota.ingest.job.ledger;

import static java.time.temporal.ChronoUnit.SECONDS;

import io.framequota.contract.control.JobFact;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.smallrye.faulttolerance.api.Guard;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Job events on their way to the scheduler, in the order of the database's commits. Callers never wait for the broker. When the
 * broker is away for so long that the queue is full, events are dropped, and the state of all open jobs is sent from the
 * database once the broker is back.
 */
@Singleton
public final class JobEventQueue {
    private static final Logger LOG = Logger.getLogger(JobEventQueue.class);
    private static final int CAPACITY = 4096;
    /** Jobs that ended within this time are sent again: the scheduler may have missed events just before a crash. */
    private static final Duration RECENT = Duration.ofHours(1);

    private final BlockingQueue<JobFact> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final JobEventSender sender;
    private final JobStore jobs;
    private final ChunkStore chunks;
    private final Clock clock;
    private final Guard retry = Guard.create()
            .withRetry()
            .maxRetries(-1)
            .maxDuration(0, SECONDS)
            .delay(1, SECONDS)
            .retryOn(List.of(IllegalStateException.class, StoreException.class))
            .beforeRetry(e -> LOG.warnf("job events reach the scheduler later: %s", e.getMessage()))
            .done()
            .build();
    private final Thread thread = Threads.virtual("job-events", this::run);
    private volatile boolean sendAll = true;

    JobEventQueue(JobEventSender sender, JobStore jobs, ChunkStore chunks, Clock clock, MeterRegistry metrics) {
        this.sender = sender;
        this.jobs = jobs;
        this.chunks = chunks;
        this.clock = clock;
        Gauge.builder("framequota.facts.queue.length", queue, BlockingQueue::size)
                .description("Job events on their way to the scheduler; at most " + CAPACITY)
                .register(metrics);
    }

    /** Starts to send. The first events are those of {@link #sendAll}. */
    public void start() {
        thread.start();
    }

    /** Adds an event whose transaction has committed. Returns at once. */
    void add(JobFact event) {
        if (!queue.offer(event)) {
            sendAll = true;
        }
    }

    @PreDestroy
    void stop() {
        thread.interrupt();
    }

    private void run() {
        try {
            while (true) {
                if (sendAll) {
                    retrying(this::sendAll);
                }
                JobFact event = queue.poll(1, TimeUnit.SECONDS);
                if (event != null) {
                    send(event);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(JobFact event) throws InterruptedException {
        retrying(() -> {
            sender.send(event);
            return event;
        });
    }

    /** Sends the state of all open jobs with their committed chunks, and of jobs that ended recently. */
    private boolean sendAll() throws InterruptedException {
        // The database holds what waits in the queue. Sent later, it would be older than what is sent now.
        queue.clear();
        sendAll = false;
        try {
            for (Job job : jobs.endedSince(clock.instant().minus(RECENT))) {
                send(JobEventMessages.ended(job));
            }
            for (Job job : jobs.openJobs()) {
                for (JobFact event : JobEventMessages.allOf(job, chunks.chunks(job.id()))) {
                    send(event);
                }
            }
            return true;
        } catch (StoreException e) {
            sendAll = true;
            throw e;
        }
    }

    private void retrying(Callable<?> step) throws InterruptedException {
        try {
            retry.call(step::call, Object.class);
        } catch (InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }
}
