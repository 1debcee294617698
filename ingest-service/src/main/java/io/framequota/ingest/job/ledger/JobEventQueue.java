package io.framequota.ingest.job.ledger;

import io.framequota.contract.control.JobFact;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.JobStore;
import io.framequota.ingest.store.StoreException;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jboss.logging.Logger;

/**
 * Facts on their way to the scheduler, in order, behind the database's commits. Nobody waits for the broker here: when it is
 * away for so long that the queue is full, facts are dropped and everything is told again from the database once it is back.
 */
@Singleton
public final class JobEventQueue {
    private static final Logger LOG = Logger.getLogger(JobEventQueue.class);
    private static final int LENGTH = 4096;
    /** Ends that are told again: the scheduler may have missed those just before a crash. */
    private static final Duration RECENT = Duration.ofHours(1);

    private static final Duration BETWEEN_TRIES = Duration.ofSeconds(1);

    private final BlockingQueue<JobFact> queue = new ArrayBlockingQueue<>(LENGTH);
    private final JobEventSender facts;
    private final JobStore jobs;
    private final ChunkStore chunks;
    private final Clock clock;
    private volatile boolean untold = true;
    private final Thread sender;

    JobEventQueue(JobEventSender facts, JobStore jobs, ChunkStore chunks, Clock clock, MeterRegistry metrics) {
        this.facts = facts;
        this.jobs = jobs;
        this.chunks = chunks;
        this.clock = clock;
        this.sender = Threads.virtual("facts", this::run);
        Gauge.builder("framequota.facts.queue.length", queue, BlockingQueue::size)
                .description("Facts on their way to the scheduler; at most " + LENGTH)
                .register(metrics);
    }

    public void start() {
        sender.start();
    }

    /** Adds a fact whose transaction has committed; returns at once. */
    void add(JobFact fact) {
        if (!queue.offer(fact)) {
            untold = true;
        }
    }

    @PreDestroy
    void stop() {
        sender.interrupt();
    }

    private void run() {
        try {
            while (true) {
                if (untold) {
                    tellEverything();
                }
                JobFact fact = queue.poll(1, TimeUnit.SECONDS);
                if (fact != null) {
                    send(fact);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void send(JobFact fact) throws InterruptedException {
        while (true) {
            try {
                facts.send(fact);
                return;
            } catch (IllegalStateException e) {
                LOG.warnf("job %s: the scheduler is told later: %s", fact.getJob(), e.getMessage());
                Thread.sleep(BETWEEN_TRIES);
            }
        }
    }

    /** All that is open, with its committed chunks, and what ended lately. */
    private void tellEverything() throws InterruptedException {
        // What waits here is in the database already, and an old fact must not follow the newer state told now.
        queue.clear();
        untold = false;
        try {
            for (Job job : jobs.endedSince(Instant.now(clock).minus(RECENT))) {
                send(JobEventMessages.ended(job));
            }
            for (Job job : jobs.open()) {
                for (JobFact fact : JobEventMessages.all(job, chunks.chunks(job.id()))) {
                    send(fact);
                }
            }
        } catch (StoreException e) {
            untold = true;
            LOG.warnf("the scheduler is told later: %s", e.getMessage());
            Thread.sleep(BETWEEN_TRIES);
        }
    }
}
