package io.framequota.ingest.live;

import com.google.protobuf.ByteString;
import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.LiveStream;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.live.latency.LiveLatency;
import io.framequota.ingest.store.LiveStore;
import io.framequota.ingest.store.LiveStore.StreamGap;
import io.framequota.ingest.store.StoreException;
import io.framequota.ingest.store.files.MemberFiles;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import jakarta.inject.Singleton;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Collects the results of live jobs: passes each line to those who watch, and commits the lines of a window of time as a member of the
 * job's result. {@link #add} and {@link #commitAll} are for the one thread that reads results; the other methods are thread-safe.
 *
 * <p>What is held in memory is bounded: the lines of one window and some gaps for each job, and while the database is away nothing further
 * is read.
 */
@Singleton
public final class LiveCollector {
    private static final Logger LOG = Logger.getLogger(LiveCollector.class);
    private static final Duration RETRY_DELAY = Duration.ofMillis(500);
    /** Watchers of all jobs together: each may hold a MiB of lines. */
    private static final int MOST_FEEDS = 64;

    private final LiveStore store;
    private final JobLedger ledger;
    private final MemberFiles files;
    private final Clock clock;
    private final Timer latency;
    private final Counter late;
    private final Map<String, Stream> streams = new ConcurrentHashMap<>();
    private final Semaphore feeds = new Semaphore(MOST_FEEDS);

    LiveCollector(LiveStore store, JobLedger ledger, MemberFiles files, Clock clock, MeterRegistry metrics) {
        this.store = store;
        this.ledger = ledger;
        this.files = files;
        this.clock = clock;
        // Without the job: who may read metrics may not know the jobs of tenants.
        this.latency = Timer.builder("framequota.live.latency")
                .description("From a packet's arrival to its frame's result, all live jobs together")
                .publishPercentiles(0.5, 0.95)
                .register(metrics);
        this.late = Counter.builder("framequota.live.results.left.out")
                .description("Results of live jobs that were there before, or came from an earlier leader's worker")
                .register(metrics);
    }

    /** One job. Its fields are guarded by its monitor; commits of its windows by {@code committing}. */
    private static final class Stream {
        final String job;
        final LiveLines lines;
        final LiveLatency latency = new LiveLatency();
        final List<LiveFeed> feeds = new ArrayList<>();
        final List<StreamGap> unsaved = new ArrayList<>();
        final ReentrantLock committing = new ReentrantLock();
        int nextWindow;
        LiveLines.@Nullable Content ending;

        Stream(String job, LiveLines lines, int nextWindow) {
            this.job = job;
            this.lines = lines;
            this.nextWindow = nextWindow;
        }
    }

    /** Begins to take results of an open job, or goes on with it. */
    void open(Job job) {
        streams.computeIfAbsent(job.id(), id -> {
            LiveStore.Position position = store.position(id);
            LiveStream stream = job.progress().live().stream();
            LiveLines lines =
                    new LiveLines(job.spec().every(), position, store.gaps(id), stream == null ? 0 : stream.getFps());
            return new Stream(id, lines, position.windows());
        });
    }

    /** Forgets a job: results that still come are left out. Those who watch are told that no line follows. */
    void close(String job) {
        Stream stream = streams.remove(job);
        if (stream == null) {
            return;
        }
        synchronized (stream) {
            stream.feeds.forEach(LiveFeed::end);
            stream.feeds.clear();
        }
    }

    /** Takes a gap of a stream into account, before a result of a frame behind it comes. */
    void expect(String job, StreamGap gap) {
        Stream stream = streams.get(job);
        if (stream != null) {
            synchronized (stream) {
                if (stream.lines.expect(gap)) {
                    StreamGap.add(stream.unsaved, gap);
                }
            }
        }
    }

    /** Stores the gaps that are not stored yet, so that a restart finds them. */
    void saveGaps() {
        for (Stream stream : streams.values()) {
            List<StreamGap> gaps;
            synchronized (stream) {
                gaps = List.copyOf(stream.unsaved);
            }
            for (StreamGap gap : gaps) {
                store.addGap(stream.job, gap);
                synchronized (stream) {
                    stream.unsaved.remove(gap);
                }
            }
        }
    }

    /** Sets the frames per second of a stream. */
    void setFps(String job, double fps) {
        Stream stream = streams.get(job);
        if (stream != null) {
            synchronized (stream) {
                stream.lines.setFps(fps);
            }
        }
    }

    /** Takes a result. Waits for the database while a full window cannot be committed. */
    public void add(LiveResult result) throws InterruptedException {
        Stream stream = streams.get(result.getJob());
        if (stream == null) {
            late.increment();
            return;
        }
        boolean full;
        synchronized (stream) {
            int known = stream.lines.size();
            if (!stream.lines.add(result)) {
                late.increment();
                return;
            }
            if (!result.hasGap()) {
                long took = clock.millis() - result.getReceivedAtMs();
                stream.latency.add(clock.instant(), took);
                latency.record(Math.max(0, took), TimeUnit.MILLISECONDS);
            }
            tell(stream, known);
            full = stream.lines.full();
        }
        if (full) {
            commit(stream);
        }
    }

    private static void tell(Stream stream, int known) {
        for (LiveLines.Line line : stream.lines.linesFrom(known)) {
            stream.feeds.forEach(feed -> feed.offer(line.frame(), line.text()));
        }
    }

    /** Commits the windows of all jobs; waits for the database. Results up to here need not be delivered again. */
    public void commitAll() throws InterruptedException {
        RuntimeException failure = null;
        for (Stream stream : streams.values()) {
            try {
                commit(stream);
            } catch (RuntimeException e) {
                // The other jobs' windows are committed all the same.
                failure = e;
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    private void commit(Stream stream) throws InterruptedException {
        while (true) {
            try {
                tryCommit(stream);
                return;
            } catch (StoreException e) {
                LOG.warnf("job %s: could not commit live results, trying again: %s", stream.job, e.getMessage());
                Thread.sleep(RETRY_DELAY);
            }
        }
    }

    /** Commits what there is of a job's window. The window stays when the database is away. */
    private void tryCommit(Stream stream) {
        stream.committing.lock();
        try {
            LiveLines.Content content = ending(stream);
            if (content == null) {
                return;
            }
            StringBuilder text = new StringBuilder();
            content.lines().forEach(line -> text.append(line.text()).append('\n'));
            ByteString member = MemberFiles.gzip(text);
            String file = MemberFiles.nameOf(stream.job, stream.nextWindow);
            files.write(file, member);
            boolean open = ledger.commit(new LiveStore.Window(
                    stream.job,
                    stream.nextWindow,
                    content.firstFrame(),
                    content.firstMs(),
                    content.toMs(),
                    content.frames(),
                    content.failedFrames(),
                    content.detections(),
                    content.gaps(),
                    content.lastFrame(),
                    content.epoch(),
                    content.worker(),
                    file,
                    member.size()));
            synchronized (stream) {
                stream.ending = null;
            }
            stream.nextWindow++;
            if (!open) {
                files.delete(file);
                close(stream.job);
            }
        } catch (IOException e) {
            close(stream.job);
            ledger.fail(
                    stream.job,
                    "a result could not be written to the server's storage: " + MessageSanitizer.describe(e)
                            + "; free some space and redrive the job");
        } finally {
            stream.committing.unlock();
        }
    }

    private static LiveLines.@Nullable Content ending(Stream stream) {
        synchronized (stream) {
            if (stream.ending == null && stream.lines.size() > 0) {
                stream.ending = stream.lines.take();
            }
            return stream.ending;
        }
    }

    /** Highest frame number of a job that has a line or is in a gap, -1 when there is none. */
    long last(String job) {
        Stream stream = streams.get(job);
        if (stream == null) {
            return -1;
        }
        synchronized (stream) {
            return stream.lines.last();
        }
    }

    /**
     * Commits what there is of a job's result, before the job ends.
     *
     * @param nextFrame frames below it that have no result by now get none: they are counted as dropped
     */
    void finish(String job, long nextFrame) {
        Stream stream = streams.get(job);
        if (stream == null) {
            return;
        }
        synchronized (stream) {
            int known = stream.lines.size();
            stream.lines.finish(nextFrame);
            tell(stream, known);
        }
        // The first may have been begun by the thread that reads results.
        tryCommit(stream);
        tryCommit(stream);
    }

    /**
     * Watches the lines of a live job from the window on that is not yet committed. The caller closes the feed.
     *
     * @return empty when the job's stream is not open here
     * @throws RejectedRequestException when too many watch live jobs
     */
    public Optional<LiveFeed> watch(String job) {
        Stream stream = streams.get(job);
        if (stream == null) {
            return Optional.empty();
        }
        if (!feeds.tryAcquire()) {
            throw RejectedRequestException.tooMany(
                    MOST_FEEDS + " clients watch the lines of live jobs already; end one of them, or read /detections");
        }
        synchronized (stream) {
            LiveFeed[] self = new LiveFeed[1];
            AtomicBoolean open = new AtomicBoolean(true);
            LiveFeed feed = new LiveFeed(() -> {
                if (open.compareAndSet(true, false)) {
                    feeds.release();
                }
                synchronized (stream) {
                    stream.feeds.remove(self[0]);
                }
            });
            self[0] = feed;
            if (stream.ending != null) {
                stream.ending.lines().forEach(line -> feed.offer(line.frame(), line.text()));
            }
            stream.lines.lines().forEach(line -> feed.offer(line.frame(), line.text()));
            if (streams.get(job) != stream) {
                feed.end();
            }
            stream.feeds.add(feed);
            return Optional.of(feed);
        }
    }

    /** What is known of a job's results at this moment; nothing when its stream is not open here. */
    LiveStatus status(String job) {
        Stream stream = streams.get(job);
        if (stream == null) {
            return LiveStatus.NONE;
        }
        synchronized (stream) {
            LiveLatency.Summary latency = stream.latency.summary(clock.instant());
            Map<String, Long> gaps = new HashMap<>(stream.lines.missing());
            long frames = stream.lines.frames();
            if (stream.ending != null) {
                frames += stream.ending.frames();
                stream.ending.gaps().forEach((cause, n) -> gaps.merge(cause, n, Long::sum));
            }
            return new LiveStatus("", latency.p50(), latency.p95(), 0, 0, latency.perSecond(), frames, gaps, List.of());
        }
    }
}
