package io.framequota.ingest.live;

import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.Probed;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.job.guard.ReadingGuard;
import io.framequota.ingest.job.ledger.JobChangeNotifier;
import io.framequota.ingest.job.ledger.JobLedger;
import io.framequota.ingest.live.publish.AnnotatedStreams;
import io.framequota.ingest.report.ReportedWorkers;
import io.framequota.ingest.store.LiveStore;
import io.framequota.ingest.store.LiveStore.Mark;
import io.framequota.ingest.store.LiveStore.StreamGap;
import io.framequota.ingest.store.StoreException;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import jakarta.annotation.PreDestroy;
import jakarta.inject.Singleton;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Runs the open live jobs, each on a thread of its own, and does for all of them what needs the database: one thread tells the ledger of
 * streams that were opened, stores how far they have come, and starts what should run and does not. Thread-safe.
 */
@Singleton
public final class LiveJobs {
    private static final Logger LOG = Logger.getLogger(LiveJobs.class);
    private static final Duration TICK = Duration.ofSeconds(1);
    private static final int TICKS_TO_MARK = 5;
    private static final int TICKS_TO_RECONCILE = 10;
    private static final int TICKS_TO_EXPIRE = 60;
    private static final Duration RECONNECT = Duration.ofMillis(500);
    private static final Duration MOST_RECONNECT = Duration.ofSeconds(20);
    /** How long the last results of a source that has ended are waited for. */
    private static final Duration LAST_RESULTS = Duration.ofSeconds(10);
    /** The same for a job that is cancelled. */
    private static final Duration CANCELLED_RESULTS = Duration.ofSeconds(1);

    private final LiveStore store;
    private final JobLedger ledger;
    private final LiveCollector collector;
    private final LiveRetention retention;
    private final JobChangeNotifier notifier;
    private final ReportedWorkers workers;
    private final LiveReader.Factory readers;
    private final ReadingGuard guard;
    private final PushedStreams pushed;
    private final LivePacketSender sender;
    private final AnnotatedStreams annotated;
    private final IngestConfig config;
    private final Clock clock;
    private final Map<String, Running> running = new ConcurrentHashMap<>();
    private final Semaphore wake = new Semaphore(0);
    private final Thread thread = Threads.virtual("live-jobs", this::work);
    private volatile boolean closing;

    LiveJobs(
            LiveStore store,
            JobLedger ledger,
            LiveCollector collector,
            LiveRetention retention,
            JobChangeNotifier notifier,
            ReportedWorkers workers,
            LiveReader.Factory readers,
            ReadingGuard guard,
            PushedStreams pushed,
            LivePacketSender sender,
            AnnotatedStreams annotated,
            IngestConfig config,
            Clock clock,
            MeterRegistry metrics) {
        this.store = store;
        this.ledger = ledger;
        this.collector = collector;
        this.retention = retention;
        this.notifier = notifier;
        this.workers = workers;
        this.readers = readers;
        this.guard = guard;
        this.pushed = pushed;
        this.sender = sender;
        this.annotated = annotated;
        this.config = config;
        this.clock = clock;
        Gauge.builder("framequota.live.jobs", running, Map::size)
                .description("Live jobs that are open; at most FRAMEQUOTA_LIVE_JOBS")
                .register(metrics);
    }

    /** A job whose loop runs. */
    private static final class Running {
        final Job job;
        final LiveLoop loop;
        final ToldStream told;
        final AtomicBoolean stopping = new AtomicBoolean();
        volatile boolean started;

        @Nullable
        Mark marked;

        Running(Job job, LiveLoop loop, ToldStream told) {
            this.job = job;
            this.loop = loop;
            this.told = told;
            this.started = !(job.state() instanceof JobState.Queued);
        }
    }

    /**
     * Starts the open jobs of an earlier process. To be called before results are read, and before the scheduler is told of open jobs: it
     * would hold the reservations of streams that the earlier process had. Where the database is away, the thread of all live jobs does
     * this later, with a fact for each such stream. Waits some seconds for the broker at most.
     */
    public void start() {
        sender.open();
        try {
            store.saveAllLost();
            store.open().forEach(collector::open);
        } catch (StoreException e) {
            LOG.warnf("live jobs are opened later: %s", e.getMessage());
        }
        thread.start();
        wake.release();
    }

    /** Starts the stream of a job that was submitted, or goes on with it. Returns at once. */
    public void start(Job job) {
        if (closing || job.ended()) {
            return;
        }
        collector.open(job);
        running.computeIfAbsent(job.id(), id -> {
            ToldStream told = new ToldStream(job.progress().live().open());
            Running next = new Running(job, loop(job, told), told);
            Threads.platform("live-" + id, () -> run(next)).start();
            return next;
        });
    }

    private LiveLoop loop(Job job, ToldStream told) {
        String id = job.id();
        LiveStore.Addresses addresses = store.addresses(id);
        LiveSpec spec = job.spec().live().orElseThrow();
        if (spec.annotate()) {
            String publish = addresses.publish();
            annotated.open(id, publish == null ? "" : publish, spec.hls());
        }
        LiveLoop.Listener listener = new LiveLoop.Listener() {
            @Override
            public void streamChanged() {
                wake.release();
            }

            @Override
            public void lost(int session) {
                told.lost(session);
                wake.release();
            }

            @Override
            public void missing(StreamGap gap) {
                collector.expect(id, gap);
            }
        };
        return new LiveLoop(
                job,
                addresses.address(),
                publishers(job),
                store.mark(id).orElse(null),
                input -> GuardedLiveReader.open(guard, id, readers, input),
                pushed,
                sender,
                this::described,
                listener,
                new LiveLoop.Times(config.liveConnect(), RECONNECT, MOST_RECONNECT, config.liveSilence()),
                clock);
    }

    /** Where the job's publisher sends its stream, with the key as far as it is shown. */
    private String publishers(Job job) {
        String source = job.spec().source();
        int port = config.rtmpPort().orElse(0);
        return port == 0 || !source.startsWith(LiveSpec.LISTEN)
                ? source
                : source + " at rtmp://HOST:" + port + "/live/" + source.substring(LiveSpec.LISTEN.length());
    }

    private LiveStream.Builder described(Job job, VideoInfo info) {
        Probed probed = ledger.probed(job, info);
        return LiveStream.newBuilder()
                .setWidth(probed.getWidth())
                .setHeight(probed.getHeight())
                .setCodec(probed.getCodec())
                .setPictureWidth(probed.getPictureWidth())
                .setPictureHeight(probed.getPictureHeight());
    }

    private void run(Running self) {
        String id = self.job.id();
        try {
            LiveLoop.End end = run(id, self.loop);
            switch (end) {
                case LiveLoop.End.SourceEnded _ -> {
                    tell(self);
                    finish(self, LAST_RESULTS);
                    ledger.endStream(id);
                    ended(id);
                }
                case LiveLoop.End.Failed(SourceException cause) -> {
                    finish(self, Duration.ZERO);
                    ledger.fail(id, cause);
                    ended(id);
                }
                case LiveLoop.End.Stopped _ -> LOG.debugf("job %s: its stream was stopped", id);
            }
        } catch (InterruptedException e) {
            LOG.debugf("job %s: its stream was stopped", id);
        } catch (StoreException e) {
            // The job is still open, so its stream is opened again.
            LOG.warnf("job %s: its stream is opened again: %s", id, e.getMessage());
        } catch (RuntimeException | LinkageError | OutOfMemoryError e) {
            LOG.errorf(e, "job %s: reading its stream failed; it is opened again", id);
        } finally {
            save(self);
            running.remove(id, self);
        }
    }

    private LiveLoop.End run(String id, LiveLoop loop) {
        try {
            // The number of crashes changes only with a new process.
            guard.check(id);
        } catch (SourceException e) {
            return new LiveLoop.End.Failed(e);
        }
        return loop.run();
    }

    /** Waits until all packets so far have a result, or for a time without progress, and commits what there is. */
    private void finish(Running self, Duration patience) throws InterruptedException {
        String id = self.job.id();
        Mark mark = self.loop.mark();
        long next = mark == null || self.loop.stream().isEmpty() ? 0 : mark.nextFrame();
        int every = self.job.spec().every();
        long wanted = next == 0 ? -1 : (next - 1) / every * every;
        long last = collector.last(id);
        long since = System.nanoTime();
        while (last < wanted && System.nanoTime() - since < patience.toNanos()) {
            Thread.sleep(20);
            long now = collector.last(id);
            if (now > last) {
                since = System.nanoTime();
            }
            last = now;
        }
        collector.finish(id, next);
    }

    /**
     * Stops the stream of a job that is about to end, and commits what there is of its result.
     *
     * @throws StoreException when that could not be committed
     */
    public void finish(String id) {
        Running self = running.get(id);
        if (self == null) {
            // Its loop has just broken off or not begun; the lines so far are there.
            commit(id);
            return;
        }
        self.loop.stop();
        try {
            finish(self, CANCELLED_RESULTS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Commits what there is of the result of a live job that is about to fail. */
    public void commit(String id) {
        collector.finish(id, 0);
    }

    /** Ends the stream of a job that has ended. Returns at once. */
    public void stop(String id) {
        Running self = running.get(id);
        if (self != null) {
            self.loop.stop();
        }
        ended(id);
    }

    /** The same on a thread of its own: a reader that closes slowly holds up no other job. */
    private void stopAside(String id) {
        Running self = running.get(id);
        if (self != null && self.stopping.compareAndSet(false, true)) {
            Threads.platform("live-stop-" + id, () -> stop(id)).start();
        }
    }

    private void ended(String id) {
        collector.close(id);
        annotated.close(id);
    }

    /** What is known of a live job at this moment. */
    public LiveStatus status(Job job) {
        if (!job.live() || job.ended()) {
            return LiveStatus.NONE;
        }
        LiveStatus results = collector.status(job.id());
        Running self = running.get(job.id());
        List<String> warnings = new ArrayList<>(self == null ? List.of() : self.loop.warnings());
        Optional<LiveRun> run = workers.stream(job.id());
        AnnotatedStreams.Status sent = annotated.status(job.id());
        warnings.addAll(sent.warnings());
        run.map(LiveRun::getFailure).filter(f -> !f.isEmpty()).ifPresent(warnings::add);
        return new LiveStatus(
                waitingFor(self, run),
                results.p50Ms(),
                results.p95Ms(),
                sent.p50Ms(),
                sent.p95Ms(),
                results.fps(),
                results.lines(),
                results.gaps(),
                warnings);
    }

    private static String waitingFor(@Nullable Running self, Optional<LiveRun> run) {
        if (self == null) {
            return "starts";
        }
        String loop = self.loop.waitingFor();
        return !loop.isEmpty() ? loop : run.isEmpty() ? "waits for a worker" : "";
    }

    private void work() {
        try {
            for (int tick = 0; ; tick++) {
                if (wake.tryAcquire(TICK.toMillis(), TimeUnit.MILLISECONDS)) {
                    wake.drainPermits();
                }
                try {
                    tick(tick);
                } catch (StoreException e) {
                    LOG.debugf("what is due of live jobs is done later: %s", e.getMessage());
                } catch (RuntimeException e) {
                    LOG.errorf(e, "what is due of live jobs failed");
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void tick(int tick) {
        for (Running self : running.values()) {
            tell(self);
            if (tick % TICKS_TO_MARK == 0) {
                save(self);
            }
            notifier.changed(self.job.id());
        }
        collector.saveGaps();
        if (tick % TICKS_TO_RECONCILE == 0) {
            reconcile();
        }
        if (tick % TICKS_TO_EXPIRE == 0) {
            retention.expire();
        }
    }

    private void tell(Running self) {
        String id = self.job.id();
        ToldStream.Ledger told = new ToldStream.Ledger() {
            @Override
            public boolean open(LiveStream stream) {
                collector.setFps(id, stream.getFps());
                return ledger.openStream(id, stream);
            }

            @Override
            public void lose() {
                ledger.loseStream(id);
            }
        };
        if (!self.told.report(self.loop.stream(), told)) {
            stopAside(id);
            return;
        }
        if (!self.started && self.told.known() && (workers.stream(id).isPresent() || collector.last(id) >= 0)) {
            ledger.startStream(id);
            self.started = true;
        }
    }

    private void save(Running self) {
        Mark mark = self.loop.mark();
        if (mark != null && !mark.equals(self.marked)) {
            try {
                store.saveMark(self.job.id(), mark);
                self.marked = mark;
            } catch (StoreException e) {
                LOG.debugf("job %s: how far its stream has come is stored later: %s", self.job.id(), e.getMessage());
            }
        }
    }

    /** Starts open jobs that do not run here, and stops those that have ended. */
    private void reconcile() {
        List<Job> open = store.open();
        Set<String> ids = open.stream().map(Job::id).collect(Collectors.toSet());
        open.forEach(this::start);
        running.values().stream()
                .map(self -> self.job.id())
                .filter(id -> !ids.contains(id))
                .forEach(this::stopUnlessOpen);
    }

    /** A job that was submitted after the list was read is not in it. */
    private void stopUnlessOpen(String id) {
        if (store.open().stream().noneMatch(job -> job.id().equals(id))) {
            stopAside(id);
        }
    }

    @PreDestroy
    void close() {
        closing = true;
        thread.interrupt();
        running.values().forEach(self -> {
            self.loop.stop();
            save(self);
        });
    }
}
