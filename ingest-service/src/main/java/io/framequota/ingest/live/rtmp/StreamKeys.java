package io.framequota.ingest.live.rtmp;

import io.framequota.ingest.job.StreamKey;
import io.framequota.ingest.live.PushedStreams;
import io.framequota.media.decode.SourceException;
import java.io.InputStream;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Which job listens to which key, who publishes it, and who watches. Beside a job's stream itself, {@code KEY/annotated} can be published and
 * watched while the job listens to {@code KEY}. Safe for use by many threads.
 */
final class StreamKeys implements PushedStreams {
    private static final String ANNOTATED = "/annotated";
    private static final String UNKNOWN = "no job listens to this key";

    /** For the first picture: an encoder may begin with sound, or connect before its camera does. */
    private static final Duration FIRST_PICTURE = Duration.ofSeconds(20);

    /** For the job of a declared key to be made and to listen. */
    private static final Duration MADE = Duration.ofSeconds(10);

    /** For a job that has been cancelled to give its key back. */
    private static final Duration FREED = Duration.ofSeconds(10);

    private static final long POLL_MS = 50;

    /** Bytes of video that may wait, all publishers together. */
    private static final long MAX_BYTES = 48 << 20;

    /** The same for all who watch. */
    private static final long MAX_WATCHED_BYTES = 16 << 20;

    /** Whether a publisher may publish. */
    sealed interface Answer {
        /** It may; what it sends goes there. */
        record Accepted(Publication stream) implements Answer {}

        /** It may not: one line for people. */
        record Refused(String why) implements Answer {}
    }

    private final KeyPolicy policy;
    private final Duration idle;
    private final Duration freed;
    private final boolean listening;
    private final Predicate<String> declared;
    private final AtomicLong room = new AtomicLong(MAX_BYTES);
    private final AtomicLong watchedRoom = new AtomicLong(MAX_WATCHED_BYTES);
    private final AtomicLong droppedInAll = new AtomicLong();
    private final Map<String, Claim> claims = new ConcurrentHashMap<>();

    /**
     * @param idle time without a picture after which a publisher counts as gone
     * @param listening whether publishers can come at all
     * @param declared makes the job of a key that no job listens to, and says whether one will listen in a moment; may block
     */
    StreamKeys(KeyPolicy policy, Duration idle, boolean listening, Predicate<String> declared) {
        this(policy, idle, FREED, listening, declared);
    }

    /** @param freed how long {@link #reserve} waits for a key that another job holds */
    StreamKeys(KeyPolicy policy, Duration idle, Duration freed, boolean listening, Predicate<String> declared) {
        this.policy = policy;
        this.idle = idle;
        this.freed = freed;
        this.listening = listening;
        this.declared = declared;
    }

    @Override
    public Reservation reserve(String key) throws SourceException, InterruptedException {
        if (!StreamKey.isValid(key)) {
            throw SourceException.lacking("a stream key has " + StreamKey.FORM + "; choose another one");
        }
        if (!listening) {
            throw SourceException.lacking(
                    "this service receives no streams; start it with FRAMEQUOTA_RTMP_PORT (fq up --rtmp-port)");
        }
        Claim claim = new Claim(key);
        long until = System.nanoTime() + freed.toNanos();
        Claim other = claims.putIfAbsent(key, claim);
        while (other != null) {
            if (!other.awaitClosed(until - System.nanoTime())) {
                throw SourceException.lacking("another job listens to the key " + StreamKey.masked(key)
                        + "; choose another key, or cancel that job");
            }
            other = claims.putIfAbsent(key, claim);
        }
        return claim;
    }

    /**
     * Lets a publisher publish; waits while the job of a declared key is made.
     *
     * @param name the key, or the key and {@code /annotated}
     * @param disconnect ends its connection
     */
    Answer publish(String name, Runnable disconnect) {
        Claim claim = claims.get(name.replace(ANNOTATED, ""));
        if (claim == null && StreamKey.isValid(name) && declared.test(name)) {
            claim = await(name);
        }
        return claim == null ? new Answer.Refused(UNKNOWN) : claim.publish(name.endsWith(ANNOTATED), disconnect);
    }

    private @Nullable Claim await(String key) {
        long until = System.nanoTime() + MADE.toNanos();
        Claim claim = claims.get(key);
        try {
            while (claim == null && System.nanoTime() < until) {
                Thread.sleep(POLL_MS);
                claim = claims.get(key);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        return claim;
    }

    /**
     * Finds a stream to watch.
     *
     * @param name the key, or the key and {@code /annotated}
     * @return empty when nobody publishes it now
     */
    Optional<Publication> published(String name) {
        Claim claim = claims.get(name.replace(ANNOTATED, ""));
        Publication found = claim == null ? null : name.endsWith(ANNOTATED) ? claim.annotated : claim.published;
        return Optional.ofNullable(found).filter(p -> !p.isOver());
    }

    /** Adds someone who watches a stream. */
    PushedVideo watch(Publication stream) {
        return stream.watch(() -> new PushedVideo(FIRST_PICTURE, idle, watchedRoom, _ -> {}, () -> {}));
    }

    /** Number of publishers. */
    long publishers() {
        return claims.values().stream().filter(Claim::isPublished).count();
    }

    /** Pictures that were left out because no job read them in time, all publishers together. */
    long dropped() {
        return droppedInAll.get();
    }

    private final class Claim implements Reservation {
        private final String key;
        private final ReentrantLock lock = new ReentrantLock();
        private final Condition changed = lock.newCondition();
        private final AtomicLong dropped = new AtomicLong();
        private volatile @Nullable Publication published;
        private volatile @Nullable Publication annotated;
        private @Nullable PushedVideo waiting;
        private boolean closed;

        Claim(String key) {
            this.key = key;
        }

        Answer publish(boolean isAnnotated, Runnable disconnect) {
            lock.lock();
            try {
                if (closed) {
                    return new Answer.Refused(UNKNOWN);
                }
                Publication before = isAnnotated ? annotated : published;
                if (before != null && !before.isOver()) {
                    if (policy == KeyPolicy.FIRST_WINS) {
                        return new Answer.Refused("another publisher has this key");
                    }
                    before.disconnect("another publisher took the key over");
                }
                return new Answer.Accepted(isAnnotated ? annotate(disconnect) : source(disconnect));
            } finally {
                lock.unlock();
            }
        }

        private Publication annotate(Runnable disconnect) {
            Publication stream = new Publication(null, disconnect);
            annotated = stream;
            return stream;
        }

        private Publication source(Runnable disconnect) {
            closeUntaken();
            Publication stream = new Publication(
                    onClose -> new PushedVideo(FIRST_PICTURE, idle, room, this::leftOut, onClose), disconnect);
            published = stream;
            waiting = stream.job();
            changed.signalAll();
            return stream;
        }

        boolean isPublished() {
            Publication now = published;
            return now != null && !now.isOver();
        }

        @Override
        public Optional<InputStream> take(Duration wait) throws InterruptedException {
            long left = wait.toNanos();
            lock.lockInterruptibly();
            try {
                while (waiting == null && !closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
                PushedVideo taken = waiting;
                waiting = null;
                return Optional.ofNullable(taken);
            } finally {
                lock.unlock();
            }
        }

        @Override
        public long dropped() {
            return dropped.get();
        }

        @Override
        public void close() {
            lock.lock();
            try {
                closed = true;
                claims.remove(key, this);
                end(published);
                end(annotated);
                closeUntaken();
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        /** Waits until the key is free. Returns false when the time is over. */
        boolean awaitClosed(long nanos) throws InterruptedException {
            long left = nanos;
            lock.lockInterruptibly();
            try {
                while (!closed && left > 0) {
                    left = changed.awaitNanos(left);
                }
                return closed;
            } finally {
                lock.unlock();
            }
        }

        private void leftOut(long pictures) {
            dropped.addAndGet(pictures);
            droppedInAll.addAndGet(pictures);
        }

        /** What nobody reads must not hold memory. */
        private void closeUntaken() {
            if (waiting != null) {
                waiting.close();
                waiting = null;
            }
        }

        private static void end(@Nullable Publication stream) {
            if (stream != null) {
                stream.disconnect("the job no longer listens");
            }
        }
    }
}
