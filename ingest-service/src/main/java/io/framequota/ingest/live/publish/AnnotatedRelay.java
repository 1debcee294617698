package io.framequota.ingest.live.publish;

import io.framequota.common.failure.MessageSanitizer;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.ingest.config.Threads;
import io.framequota.media.decode.SourceException;
import io.framequota.media.live.LiveWriter;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jboss.logging.Logger;
import org.jspecify.annotations.Nullable;

/**
 * Sends one annotated stream to one place, on a thread of its own, for as long as it is open. When the place cannot be reached or fails, it
 * tries again after longer and longer pauses and goes on at a key picture. Packets that wait are bounded; when there are too many, what
 * waits is left out up to the next key picture. Any thread may add packets.
 */
final class AnnotatedRelay {
    private static final Logger LOG = Logger.getLogger(AnnotatedRelay.class);
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);
    /** A connection that held for so long was a good one. */
    private static final Duration GOOD = Duration.ofSeconds(30);

    private static final int MOST_PACKETS = 512;
    private static final long MOST_BYTES = 8 << 20;

    /** Opens the place. */
    @FunctionalInterface
    interface Target {
        LiveWriter open(CodecParameters codec) throws SourceException, IOException;
    }

    private final String job;
    private final String what;
    private final Target target;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final ArrayDeque<LiveAnnotated> packets = new ArrayDeque<>();
    private long bytes;
    /** Whether packets are left out until the next key picture. */
    private boolean skipping = true;

    private boolean closed;
    private volatile @Nullable LiveWriter open;
    private volatile String warning = "";

    // The fields below belong to the thread.
    private @Nullable CodecParameters codec;
    private int failures;

    /** @param what is sent where, without secrets, for messages */
    AnnotatedRelay(String job, String what, Target target) {
        this.job = job;
        this.what = what;
        this.target = target;
        thread = Threads.platform("annotated-" + job, this::run);
    }

    void start() {
        thread.start();
    }

    /** Adds a packet, or leaves it out. Never waits. */
    void add(LiveAnnotated packet) {
        lock.lock();
        try {
            int size = packet.getSerializedSize();
            if (packets.size() >= MOST_PACKETS || bytes + size > MOST_BYTES) {
                clear();
            }
            boolean begins = packet.getUnit().getKey() && packet.hasCodec();
            if (closed || skipping && !begins) {
                return;
            }
            skipping = false;
            packets.add(packet);
            bytes += size;
            changed.signal();
        } finally {
            lock.unlock();
        }
    }

    private void clear() {
        packets.clear();
        bytes = 0;
        skipping = true;
    }

    /** Leaves out what waits, and what follows up to the next key picture. */
    private void skip() {
        lock.lock();
        try {
            clear();
        } finally {
            lock.unlock();
        }
    }

    private LiveAnnotated take() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (packets.isEmpty()) {
                changed.await();
            }
            LiveAnnotated packet = packets.removeFirst();
            bytes -= packet.getSerializedSize();
            return packet;
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                sendUntilItFails();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            closeWriter();
        }
    }

    private void sendUntilItFails() throws InterruptedException {
        LiveAnnotated packet = take();
        long began = System.nanoTime();
        try {
            while (true) {
                send(packet);
                if (!warning.isEmpty()) {
                    LOG.infof("job %s: %s again", job, what);
                    warning = "";
                }
                packet = take();
            }
        } catch (SourceException | IOException e) {
            failures = System.nanoTime() - began > GOOD.toNanos() ? 0 : failures;
            closeWriter();
            fail(MessageSanitizer.sanitize(String.valueOf(e.getMessage())));
        }
        // Packets that come in the meantime are of no use afterwards.
        long pause = Math.min(FIRST_PAUSE.toMillis() << Math.min(failures, 10), LONGEST_PAUSE.toMillis());
        failures++;
        Thread.sleep(pause);
        skip();
    }

    private void send(LiveAnnotated packet) throws SourceException, IOException {
        // The parameters change with the size of the pictures and with the worker.
        if (packet.hasCodec() && !packet.getCodec().equals(codec)) {
            closeWriter();
        }
        LiveWriter writer = open;
        if (writer == null) {
            writer = target.open(packet.getCodec());
            open = writer;
            codec = packet.getCodec();
            LOG.infof("job %s: %s", job, what);
        }
        writer.write(packet.getUnit());
    }

    private void fail(String why) {
        String line = what + " failed: " + why + "; it is tried again";
        if (!line.equals(warning)) {
            LOG.warnf("job %s: %s", job, line);
        }
        warning = line;
    }

    private void closeWriter() {
        LiveWriter writer = open;
        open = null;
        codec = null;
        if (writer != null) {
            writer.close();
        }
    }

    /** Why it does not work at this moment, one line for people; empty when it does. */
    String warning() {
        return warning;
    }

    /** Ends it. Returns at once. */
    void close() {
        lock.lock();
        try {
            closed = true;
            clear();
        } finally {
            lock.unlock();
        }
        LiveWriter writer = open;
        if (writer != null) {
            writer.interrupt();
        }
        thread.interrupt();
    }

    /** Waits until its thread has ended. */
    void join(Duration patience) throws InterruptedException {
        thread.join(patience);
    }
}
