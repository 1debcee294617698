package io.framequota.inference.live;

import io.framequota.contract.control.LivePacket;
import io.framequota.inference.intake.LivePackets;
import io.framequota.inference.intake.LivePackets.LivePacketsException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Reads the packets of all streams of a worker on one thread and gives them to their streams. When that fails, it tries again after a pause
 * for as long as there are streams, and until then the failure is theirs.
 */
final class StreamIntake implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StreamIntake.class.getName());
    private static final Duration POLL = Duration.ofMillis(100);
    private static final Duration PAUSE = Duration.ofMillis(500);
    private static final Duration LOG_EVERY = Duration.ofMinutes(1);

    private final Supplier<LivePackets> connect;
    private final Thread thread = Thread.ofPlatform().name("live-intake").unstarted(this::run);
    private final Object changed = new Object();
    private volatile List<StreamRun> wanted = List.of();

    // The fields below belong to the thread.
    private final Map<String, StreamRun> followed = new HashMap<>();
    private @Nullable LivePackets packets;
    private String told = "";
    private long silentUntil = System.nanoTime();

    /**
     * @param connect creates the reader when there are streams; it is closed when there are none any more, and replaced when an exception
     *     other than {@link LivePacketsException} comes out of it
     */
    StreamIntake(Supplier<LivePackets> connect) {
        this.connect = connect;
    }

    void start() {
        thread.start();
    }

    /** Sets the streams to read from now on. Never waits. */
    void streams(List<StreamRun> streams) {
        synchronized (changed) {
            wanted = List.copyOf(streams);
            changed.notifyAll();
        }
    }

    private void run() {
        try {
            while (!Thread.interrupted()) {
                List<StreamRun> now = wanted;
                if (now.isEmpty()) {
                    disconnect();
                    awaitStreams();
                } else {
                    step(now);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private void awaitStreams() throws InterruptedException {
        synchronized (changed) {
            while (wanted.isEmpty()) {
                changed.wait();
            }
        }
    }

    private void step(List<StreamRun> now) throws InterruptedException {
        try {
            now.forEach(StreamRun::tick);
            LivePackets from = connected();
            follow(now, from);
            from.poll(POLL, sink);
            now.forEach(run -> run.intakeFailed(""));
        } catch (LivePacketsException e) {
            failed(now, String.valueOf(e.getMessage()), null);
        } catch (RuntimeException | Error e) {
            disconnect();
            failed(now, "internal error while packets of streams were read", e);
        }
    }

    private LivePackets connected() throws LivePacketsException {
        LivePackets open = packets;
        if (open == null) {
            try {
                open = connect.get();
            } catch (RuntimeException e) {
                // The cause says what is wrong, for example with the broker's name.
                Throwable cause = e.getCause() == null ? e : e.getCause();
                throw new LivePacketsException("packets of streams cannot be read: " + cause.getMessage(), e);
            }
            packets = open;
        }
        return open;
    }

    private void failed(List<StreamRun> streams, String failure, @Nullable Throwable internal)
            throws InterruptedException {
        streams.forEach(run -> run.intakeFailed(failure));
        if (!failure.equals(told) || System.nanoTime() - silentUntil > 0) {
            told = failure;
            if (internal == null) {
                LOG.log(System.Logger.Level.WARNING, "{0}; the worker tries again", failure);
            } else {
                LOG.log(System.Logger.Level.ERROR, failure + "; the worker tries again", internal);
            }
            silentUntil = System.nanoTime() + LOG_EVERY.toNanos();
        }
        Thread.sleep(PAUSE);
    }

    private void follow(List<StreamRun> now, LivePackets from) throws LivePacketsException {
        for (StreamRun run : List.copyOf(followed.values())) {
            if (!now.contains(run)) {
                from.unfollow(run.job());
                followed.remove(run.job());
                run.unfollowed();
            }
        }
        for (StreamRun run : now) {
            if (!followed.containsKey(run.job())) {
                from.follow(run.job(), run.stream().getPartition(), run.stream().getFirstOffset());
                followed.put(run.job(), run);
            }
        }
    }

    private final LivePackets.Sink sink = new LivePackets.Sink() {
        @Override
        public void packet(LivePacket packet) {
            StreamRun run = followed.get(packet.getJob());
            if (run != null) {
                run.packet(packet);
            }
        }

        @Override
        public void caughtUp(String job) {
            StreamRun run = followed.get(job);
            if (run != null) {
                run.caughtUp();
            }
        }
    };

    private void disconnect() {
        followed.values().forEach(StreamRun::unfollowed);
        followed.clear();
        LivePackets open = packets;
        packets = null;
        if (open != null) {
            try {
                open.close();
            } catch (RuntimeException e) {
                LOG.log(System.Logger.Level.DEBUG, "closing the reader of packets failed", e);
            }
        }
    }

    @Override
    public void close() {
        thread.interrupt();
        try {
            thread.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
