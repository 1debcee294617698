package io.framequota.ingest.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.result.GapLine;
import io.framequota.contract.topic.Topics;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.LiveSpec;
import io.framequota.ingest.store.LiveStore.Mark;
import io.framequota.ingest.store.LiveStore.StreamGap;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.live.LiveReader;
import io.smallrye.faulttolerance.api.Guard;
import java.io.InputStream;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Reads the stream of one live job and writes each packet at once to the topic of live packets, until it is stopped or the source ends.
 * {@link #run} opens the stream again and again, {@link #copy} reads one session. Nothing waits for the database here, and next to nothing for
 * the broker.
 * {@link #run} is for one platform thread, as it calls native code; the other methods are thread-safe.
 */
final class LiveLoop {
    private static final Logger LOG = Logger.getLogger(LiveLoop.class);
    private static final Duration TAKE = Duration.ofSeconds(1);
    /** A source over HTTP is a file or comes in files: its pictures are not sent earlier than a player would show them, but for this. */
    private static final Duration LEAD = Duration.ofMillis(300);
    /** An earlier process may have begun sessions of which the database does not know. */
    private static final int SPARE_SESSIONS = 1000;

    /** What the loop tells others. Its methods return at once. */
    interface Listener {
        /** A session has begun, or its rate or size has changed: {@link #stream()} has it. */
        void streamChanged();

        /** A session was lost. */
        void lost(int session);

        /** Frames are missing in the result. */
        void missing(StreamGap gap);
    }

    /** How the loop has ended. */
    sealed interface End {
        /** The source has said that it ended. */
        record SourceEnded() implements End {}

        /** It was told to. */
        record Stopped() implements End {}

        /** The stream cannot be had. */
        record Failed(SourceException cause) implements End {}
    }

    /**
     * Times of reconnecting.
     *
     * @param first how long the first connection is tried for
     * @param delay before the second attempt; grows up to {@code mostDelay}
     * @param silence after which a source that sends nothing counts as lost
     */
    record Times(Duration first, Duration delay, Duration mostDelay, Duration silence) {}

    private final Job job;
    private final LiveSpec spec;
    private final @Nullable String address;
    private final String publishers;
    private final LiveReader.Factory readers;
    private final PushedStreams pushed;
    private final LivePacketSender sender;
    private final Listener listener;
    private final Times times;
    private final Clock clock;
    private final StreamClock numbers;
    private final SizeOf sizes;
    private volatile int session;
    private volatile boolean stopped;
    private volatile @Nullable Thread thread;
    private volatile @Nullable LiveReader reader;
    private volatile @Nullable LiveStream stream;
    private volatile String waitingFor = "";
    private volatile List<String> warnings = List.of();
    private volatile String trouble = "";
    private volatile long firstOffset;
    private final AtomicReference<@Nullable LostPacket> lost = new AtomicReference<>();
    private boolean waitsForKey;
    /** Size of the job's first picture, 0 before it. */
    private int firstWidth;

    private int firstHeight;
    private LongSupplier leftOut = () -> 0;
    private long leftOutBefore;
    /** Of the last key picture. */
    private double lastMs;

    private long lostFrom;
    private double lostFromMs;
    private boolean opened;

    /** A packet that the broker did not take, the first since the loop looked. */
    private record LostPacket(int session, long frame, double ms) {}

    /** Finds out what the pictures of a stream mean for the job: the size that the model computes on. */
    interface SizeOf {
        LiveStream.Builder of(Job job, VideoInfo info);
    }

    /**
     * @param address of the stream with its secrets, null for a stream that is pushed to us
     * @param publishers where a stream that is pushed to us is pushed, as people may see it
     * @param mark how far an earlier process wrote the stream, null when none did
     */
    LiveLoop(
            Job job,
            @Nullable String address,
            String publishers,
            @Nullable Mark mark,
            LiveReader.Factory readers,
            PushedStreams pushed,
            LivePacketSender sender,
            SizeOf sizes,
            Listener listener,
            Times times,
            Clock clock) {
        this.job = job;
        this.spec = job.spec().live().orElseThrow();
        this.address = address;
        this.publishers = publishers;
        this.readers = readers;
        this.pushed = pushed;
        this.sender = sender;
        this.sizes = sizes;
        this.listener = listener;
        this.times = times;
        this.clock = clock;
        this.numbers = new StreamClock(job.spec().every(), mark);
        LiveStream before = job.progress().live().stream();
        this.session = before == null ? 0 : before.getSession() + SPARE_SESSIONS;
        this.opened = before != null;
        this.firstWidth = job.progress().width();
        this.firstHeight = job.progress().height();
    }

    /** Reads the stream until it is stopped or ends. */
    End run() {
        thread = Thread.currentThread();
        Optional<String> key = spec.key();
        try (PushedStreams.@Nullable Reservation reservation = key.isPresent() ? pushed.reserve(key.get()) : null) {
            while (!stopped) {
                boolean ended = reservation == null ? pull() : take(reservation);
                if (ended) {
                    return new End.SourceEnded();
                }
            }
            return new End.Stopped();
        } catch (SourceException e) {
            return stopped ? new End.Stopped() : new End.Failed(e);
        } catch (InterruptedException e) {
            return new End.Stopped();
        } finally {
            waitingFor = "";
        }
    }

    /** Connects to the address and reads until the connection is lost. Returns whether the source has ended. */
    private boolean pull() throws SourceException, InterruptedException {
        String url = String.valueOf(address);
        waitingFor = "connects to " + job.spec().source();
        LiveReader open = retrying(() -> readers.open(new LiveReader.Input.Address(url, times.silence())));
        boolean ends = url.toLowerCase(Locale.ROOT).startsWith("http");
        boolean ended = read(open, ends, () -> 0);
        if (!ended && !stopped) {
            waitingFor = "connects to " + job.spec().source() + " again" + trouble;
            Thread.sleep(times.delay().toMillis());
        }
        return ended;
    }

    /** Waits for a publisher and reads what it sends. A publisher that goes away may come back, so such a source never ends. */
    private boolean take(PushedStreams.Reservation reservation) throws InterruptedException {
        waitingFor = "waits for a publisher of " + publishers + trouble;
        Optional<InputStream> flv = reservation.take(TAKE);
        if (flv.isPresent()) {
            try {
                read(readers.open(new LiveReader.Input.Pushed(flv.get())), false, reservation::dropped);
            } catch (SourceException e) {
                trouble(e);
            }
        }
        return false;
    }

    private void trouble(SourceException e) {
        if (!stopped) {
            LOG.infof("job %s: its stream cannot be read: %s", job.id(), e.getMessage());
            trouble = ": " + e.getMessage();
        }
    }

    private LiveReader retrying(Callable<LiveReader> open) throws SourceException, InterruptedException {
        // Attempts come more than once within the time for the first connection.
        Duration half = times.first().dividedBy(2);
        Duration most = opened || half.compareTo(times.mostDelay()) > 0 ? times.mostDelay() : half;
        Guard guard = Guard.create()
                .withRetry()
                .maxRetries(-1)
                .maxDuration(opened ? 0 : times.first().toMillis(), ChronoUnit.MILLIS)
                .delay(times.delay().toMillis(), ChronoUnit.MILLIS)
                .jitter(times.delay().toMillis() / 2, ChronoUnit.MILLIS)
                .whenException(e -> e instanceof SourceException s && !stopped && (opened || !s.isBadInput()))
                .beforeRetry(e -> {
                    trouble = ": " + e.getMessage();
                    waitingFor = "connects to " + job.spec().source() + " again" + trouble;
                })
                .withExponentialBackoff()
                .maxDelay(most.toMillis(), ChronoUnit.MILLIS)
                .done()
                .done()
                .build();
        try {
            return guard.call(open, LiveReader.class);
        } catch (SourceException | InterruptedException | RuntimeException e) {
            throw e;
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    /** Reads a session. Returns whether the source has ended, where it can. */
    private boolean read(LiveReader open, boolean canEnd, LongSupplier dropped) throws InterruptedException {
        reader = open;
        leftOut = dropped;
        leftOutBefore = dropped.getAsLong();
        try (open) {
            boolean ended = copy(open, canEnd);
            if (ended || canEnd || stopped) {
                return ended;
            }
            trouble = "";
        } catch (SourceException e) {
            trouble(e);
        } finally {
            reader = null;
            endSession();
        }
        if (!stopped) {
            LOG.infof("job %s: its stream is lost%s; it is opened again", job.id(), trouble);
            listener.lost(session);
        }
        return false;
    }

    private boolean copy(LiveReader open, boolean paced) throws SourceException, InterruptedException {
        boolean first = true;
        Instant began = clock.instant();
        while (!stopped) {
            if (!open.next()) {
                return paced;
            }
            Instant now = clock.instant();
            if (first) {
                begin(open, now);
                began = now;
                first = false;
            }
            AccessUnit.Builder unit = open.unit();
            if (paced) {
                await(began.plusMillis((long) unit.getPtsMs()));
            }
            write(open, unit, clock.instant());
        }
        return false;
    }

    private void await(Instant shown) throws InterruptedException {
        long early = Duration.between(clock.instant(), shown).minus(LEAD).toMillis();
        if (early > 0) {
            Thread.sleep(early);
        }
    }

    private void begin(LiveReader open, Instant now) {
        numbers.begin(open.info().fps(), now).ifPresent(listener::missing);
        session++;
        firstOffset = -1;
        waitsForKey = false;
        if (firstWidth == 0) {
            firstWidth = open.info().width();
            firstHeight = open.info().height();
        }
        opened = true;
        trouble = "";
        waitingFor = "";
        warnings = List.copyOf(open.warnings());
        stream = streamOf(open);
        LOG.infof(
                "job %s: its stream is open: %s, %dx%d, session %d",
                job.id(), open.info().codec(), open.info().width(), open.info().height(), session);
    }

    private LiveStream streamOf(LiveReader open) {
        return sizes.of(job, open.info())
                .setFps(numbers.fps())
                .setEvery(job.spec().every())
                .setPartition((int) (job.arrival() % Topics.LIVE_PARTITIONS))
                .setAnnotate(spec.annotate())
                .setSession(session)
                .build();
    }

    private void write(LiveReader open, AccessUnit.Builder unit, Instant now) {
        double ms = numbers.onJob(unit.getPtsMs());
        if (unit.getKey()) {
            countLeftOut(ms);
        }
        long frame = numbers.next(unit.getPtsMs(), now);
        takeLoss();
        if (waitsForKey && !unit.getKey()) {
            return;
        }
        LivePacket.Builder packet = packet(now).setUnit(unit.setFrame(frame).setPtsMs(ms));
        if (unit.getKey() || open.parametersChanged()) {
            packet.setStream(described(open));
            warnings = List.copyOf(open.warnings());
        }
        endDrop(frame, ms);
        LostPacket ifLost = new LostPacket(session, frame, ms);
        send(packet.build(), () -> lose(ifLost));
        if (open.parametersChanged()) {
            changed(streamOf(open));
        }
        rateChanged();
    }

    private void lose(LostPacket packet) {
        lost.updateAndGet(first -> first != null && first.session() == packet.session() ? first : packet);
    }

    /** What is behind a lost packet does not decode. */
    private void takeLoss() {
        LostPacket packet = lost.getAndSet(null);
        if (packet != null && packet.session() == session) {
            dropFrom(packet.frame(), packet.ms());
        }
    }

    private void endDrop(long nextFrame, double ms) {
        if (waitsForKey) {
            listener.missing(new StreamGap(lostFrom, nextFrame, lostFromMs, ms, 0, GapLine.DROPPED));
            waitsForKey = false;
        }
    }

    /** Counts the pictures that the listener left out, which have no numbers. It takes pictures again from a key picture on. */
    private void countLeftOut(double ms) {
        long now = leftOut.getAsLong();
        long frames = Math.round((now - leftOutBefore) / (double) job.spec().every());
        leftOutBefore = now;
        if (frames > 0) {
            long next = numbers.nextFrame();
            listener.missing(new StreamGap(next, next, lastMs, ms, frames, GapLine.DROPPED));
        }
        lastMs = ms;
    }

    private void dropFrom(long frame, double ms) {
        if (!waitsForKey) {
            waitsForKey = true;
            lostFrom = frame;
            lostFromMs = ms;
            LOG.warnf("job %s: the broker does not take its packets; they are dropped up to a key picture", job.id());
        }
    }

    private void send(LivePacket packet, Runnable notTaken) {
        int of = packet.getSession();
        sender.send(
                (int) (job.arrival() % Topics.LIVE_PARTITIONS),
                job.id(),
                packet.toByteArray(),
                offset -> {
                    if (of == session && firstOffset < 0) {
                        firstOffset = offset;
                        listener.streamChanged();
                    }
                },
                notTaken);
    }

    private LivePacket.Builder packet(Instant now) {
        return LivePacket.newBuilder().setJob(job.id()).setSession(session).setReceivedAtMs(now.toEpochMilli());
    }

    private PacketStream.Builder described(LiveReader open) {
        return PacketStream.newBuilder()
                .setCodec(open.parameters())
                .setFirstWidth(firstWidth)
                .setFirstHeight(firstHeight)
                .setModel(job.spec().model());
    }

    /** Tells when the measured rate differs much from what was told. */
    private void rateChanged() {
        LiveStream told = stream;
        if (told != null && numbers.fps() > 0 && Math.abs(told.getFps() - numbers.fps()) > 0.1 * numbers.fps()) {
            changed(told.toBuilder().setFps(numbers.fps()).build());
        }
    }

    private void changed(LiveStream now) {
        if (!now.equals(stream)) {
            stream = now;
            listener.streamChanged();
        }
    }

    /** The worker takes what its decoder still holds. */
    private void endSession() {
        takeLoss();
        Mark last = numbers.mark();
        if (last != null) {
            endDrop(numbers.nextFrame(), last.nextMs());
        }
        if (session > 0 && firstOffset >= 0) {
            send(
                    packet(clock.instant())
                            .setEnded(true)
                            .setUnit(AccessUnit.newBuilder().setFrame(numbers.nextFrame()))
                            .build(),
                    () -> {});
        }
    }

    /** The stream of the current session; empty until its first packet is stored. */
    Optional<LiveStream> stream() {
        LiveStream current = stream;
        long offset = firstOffset;
        return current == null || offset < 0 || current.getSession() != session
                ? Optional.empty()
                : Optional.of(current.toBuilder().setFirstOffset(offset).build());
    }

    /** How far the stream has come, null before its first packet. */
    @Nullable
    Mark mark() {
        return numbers.mark();
    }

    /** What the loop waits for, one line; empty while packets come. */
    String waitingFor() {
        return waitingFor;
    }

    /** What was noticed about the stream. */
    List<String> warnings() {
        return warnings;
    }

    /** Ends the loop soon. May wait for a reader that is in the middle of a packet. */
    void stop() {
        stopped = true;
        // First, because it ends what close() waits for.
        Thread running = thread;
        if (running != null) {
            running.interrupt();
        }
        LiveReader open = reader;
        if (open != null) {
            open.close();
        }
    }
}
