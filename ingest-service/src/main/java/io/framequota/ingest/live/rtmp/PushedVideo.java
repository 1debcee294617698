package io.framequota.ingest.live.rtmp;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One publisher's video, as FLV, between the publisher's connection and one thread that reads it. What waits is bounded in bytes, here
 * and for all together. When there is no room, the oldest pictures are left out, up to a key picture, so that what follows can be decoded.
 */
final class PushedVideo extends InputStream {
    /** Bytes that may wait here. */
    static final long MAX_BYTES = 8 << 20;

    private final Duration firstWait;
    private final Duration wait;
    private final AtomicLong room;
    private final LongConsumer leftOut;
    private final Runnable onClose;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<VideoTag> tags = new ArrayDeque<>();
    private final Configurations configurations = new Configurations();
    private boolean waitsForKey = true;
    private long bytes;
    private byte[] current = VideoTag.fileHeader();
    private int at;
    private boolean begun;
    private boolean pictures;
    private volatile boolean sound;
    private boolean ended;
    private @Nullable String failure;
    private boolean closed;

    /**
     * @param firstWait for the first picture
     * @param wait for every other
     * @param room bytes that all publishers' videos may still take together
     * @param leftOut told how many more pictures were left out
     * @param onClose run when the reader closes this before the publisher has ended
     */
    PushedVideo(Duration firstWait, Duration wait, AtomicLong room, LongConsumer leftOut, Runnable onClose) {
        this.firstWait = firstWait;
        this.wait = wait;
        this.room = room;
        this.leftOut = leftOut;
        this.onClose = onClose;
    }

    /** Adds what the publisher sent; never waits. */
    void add(VideoTag tag) {
        lock.lock();
        try {
            if (closed || ended || failure != null) {
                return;
            }
            configurations.add(tag);
            if (!tag.configuration()) {
                picture(tag);
            } else if (!waitsForKey && !takeInPlaceOfOldest(tag)) {
                // The next key picture brings it along.
                dropAll();
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void picture(VideoTag tag) {
        pictures = true;
        if (!waitsForKey && takeInPlaceOfOldest(tag)) {
            return;
        }
        dropAll();
        if (tag.key() && takeWithConfigurations(tag)) {
            waitsForKey = false;
        } else {
            dropAll();
            leftOut.accept(1);
        }
    }

    private boolean takeInPlaceOfOldest(VideoTag tag) {
        while (!take(tag)) {
            if (!dropOldest()) {
                return false;
            }
        }
        return true;
    }

    /** Leaves out the oldest pictures, up to the next key picture that waits; nothing when none waits behind them. */
    private boolean dropOldest() {
        if (!waitsKeyBehindPicture()) {
            return false;
        }
        List<VideoTag> kept = new ArrayList<>();
        boolean dropped = false;
        while (!dropped || !tags.element().key()) {
            VideoTag oldest = tags.remove();
            if (oldest.configuration()) {
                kept.add(oldest);
            } else {
                give(oldest);
                leftOut.accept(1);
                dropped = true;
            }
        }
        kept.reversed().forEach(tags::addFirst);
        return true;
    }

    private boolean waitsKeyBehindPicture() {
        boolean picture = false;
        for (VideoTag tag : tags) {
            if (picture && tag.key()) {
                return true;
            }
            picture |= !tag.configuration();
        }
        return false;
    }

    private void give(VideoTag tag) {
        bytes -= tag.bytes().length;
        room.addAndGet(tag.bytes().length);
    }

    private boolean takeWithConfigurations(VideoTag key) {
        for (VideoTag one : configurations.all()) {
            if (!take(one)) {
                return false;
            }
        }
        return take(key);
    }

    private boolean take(VideoTag tag) {
        int length = tag.bytes().length;
        if (bytes + length > MAX_BYTES) {
            return false;
        }
        if (room.addAndGet(-length) < 0) {
            room.addAndGet(length);
            return false;
        }
        bytes += length;
        tags.add(tag);
        return true;
    }

    /** Leaves out everything that waits. */
    private void dropAll() {
        leftOut.accept(tags.stream().filter(tag -> !tag.configuration()).count());
        tags.forEach(this::give);
        tags.clear();
        waitsForKey = true;
    }

    /** Notes that the publisher sends sound. */
    void sound() {
        sound = true;
    }

    /** The publisher said that its stream ends. */
    void end() {
        finish(null);
    }

    /**
     * The publisher is gone.
     *
     * @param why one line for people
     */
    void fail(String why) {
        finish(why);
    }

    private void finish(@Nullable String why) {
        lock.lock();
        try {
            if (!ended && failure == null) {
                ended = why == null;
                failure = why;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        if (at == current.length) {
            VideoTag tag = next();
            if (tag == null) {
                return -1;
            }
            current = tag.bytes();
            at = 0;
        }
        int part = Math.min(length, current.length - at);
        System.arraycopy(current, at, into, offset, part);
        at += part;
        return part;
    }

    /**
     * Waits for the next tag; in place of {@link #read}.
     *
     * @return null at the end
     */
    @Nullable
    VideoTag next() throws IOException {
        lock.lock();
        try {
            long left = (begun ? wait : firstWait).toNanos();
            while (tags.isEmpty()) {
                if (closed) {
                    throw new IOException("the stream is closed");
                }
                if (failure != null) {
                    throw new IOException(failure);
                }
                if (ended) {
                    return null;
                }
                if (left <= 0) {
                    failure = silence();
                    throw new IOException(failure);
                }
                left = changed.awaitNanos(left);
            }
            VideoTag tag = tags.remove();
            begun |= !tag.configuration();
            give(tag);
            return tag;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new InterruptedIOException("interrupted while reading a stream");
        } finally {
            lock.unlock();
        }
    }

    private String silence() {
        if (begun) {
            return "the publisher sent no video for " + wait.toSeconds() + " s";
        }
        String within = " within " + firstWait.toSeconds() + " s; ";
        if (pictures) {
            return "the publisher sent no key picture" + within
                    + "set a key frame every 2 s in the encoder (OBS: Settings, Output, Keyframe Interval)";
        }
        return sound
                ? "the publisher sends sound only; switch the video on in the encoder"
                : "the publisher sent no picture" + within + "check the encoder";
    }

    @Override
    public int available() {
        return current.length - at;
    }

    /** For any thread; it ends a read that waits, and the publisher's connection unless the publisher is about to close it. */
    @Override
    public void close() {
        boolean publisherLeaves;
        lock.lock();
        try {
            if (closed) {
                return;
            }
            closed = true;
            publisherLeaves = ended;
            tags.forEach(this::give);
            tags.clear();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        if (!publisherLeaves) {
            onClose.run();
        }
    }
}
