package io.framequota.ingest.live;

import io.framequota.contract.result.GapLine;
import io.framequota.ingest.store.LiveStore.Mark;
import io.framequota.ingest.store.LiveStore.StreamGap;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Numbers the packets of a job over all sessions, and gives each picture its place on the job's time line. The time line runs on while the
 * source is away: what is missing is a gap as long as the time that has passed. For one thread; {@link #mark} is
 * for any.
 */
final class StreamClock {
    /** Assumed where neither the stream nor its pictures say how many there are. */
    private static final double UNKNOWN_FPS = 25;

    /** No stream has more packets a second; numbers behind a restart begin above all that may have been sent since the last mark. */
    private static final int MOST_FPS = 240;

    private static final int SPARE_NUMBERS = 1000;
    private static final Duration MEASURED = Duration.ofSeconds(5);

    private final int every;
    private final @Nullable Mark restarted;
    private volatile @Nullable Mark mark;
    private long nextFrame;
    private double highestMs;
    private double baseMs;
    private Instant lastArrival = Instant.EPOCH;
    private double fps;
    private long measuredFrom;
    private double measuredFromMs;
    private boolean begun;

    /**
     * @param every infer every Nth frame
     * @param restarted how far an earlier process wrote the stream, null when none did
     */
    StreamClock(int every, @Nullable Mark restarted) {
        this.every = every;
        this.restarted = restarted;
        this.mark = restarted;
    }

    /**
     * Begins a session.
     *
     * @param statedFps frames per second by the stream itself, 0 when unknown
     * @return the gap in front of it, if frames are missing there
     */
    Optional<StreamGap> begin(double statedFps, Instant now) {
        Optional<StreamGap> gap = Optional.empty();
        double frameMs = frameMs(fps);
        if (begun) {
            double toMs = highestMs + Math.max(frameMs, millis(lastArrival, now));
            long missing = Math.round((toMs - highestMs) / frameMs) - 1;
            long frames = Math.round(missing / (double) every);
            if (frames > 0) {
                gap = Optional.of(
                        new StreamGap(nextFrame, nextFrame, highestMs + frameMs, toMs, frames, GapLine.DISCONNECTED));
            }
            baseMs = toMs;
        } else if (restarted != null) {
            double away = millis(restarted.at(), now);
            nextFrame = restarted.nextFrame() + SPARE_NUMBERS + (long) Math.ceil(away / 1000 * MOST_FPS);
            baseMs = restarted.nextMs() + away;
            gap = Optional.of(new StreamGap(
                    restarted.nextFrame(),
                    nextFrame,
                    restarted.nextMs(),
                    baseMs,
                    StreamGap.BY_TIME,
                    GapLine.RESTARTED));
        }
        begun = true;
        highestMs = baseMs;
        lastArrival = now;
        if (statedFps > 0) {
            fps = statedFps;
        }
        measuredFrom = nextFrame;
        measuredFromMs = baseMs;
        return gap;
    }

    /**
     * The number of the next packet, which has arrived.
     *
     * @param ptsMs its picture's time within the session
     */
    long next(double ptsMs, Instant now) {
        long frame = nextFrame++;
        highestMs = Math.max(highestMs, baseMs + ptsMs);
        lastArrival = now;
        double span = highestMs - measuredFromMs;
        if (span >= MEASURED.toMillis()) {
            fps = (nextFrame - measuredFrom) * 1000 / span;
            measuredFrom = nextFrame;
            measuredFromMs = highestMs;
        }
        mark = new Mark(nextFrame, highestMs, now);
        return frame;
    }

    /** A time within the session on the job's time line. */
    double onJob(double ptsMs) {
        return baseMs + ptsMs;
    }

    /** Number of the packet that comes next. */
    long nextFrame() {
        return nextFrame;
    }

    /** Frames per second as stated, and as measured once some seconds have passed; 0 when unknown. */
    double fps() {
        return fps;
    }

    /** How far the stream has come, null before its first packet. For any thread. */
    @Nullable
    Mark mark() {
        return mark;
    }

    /**
     * Time between two frames.
     *
     * @param fps frames per second, 0 when unknown
     */
    static double frameMs(double fps) {
        return 1000 / (fps > 0 ? fps : UNKNOWN_FPS);
    }

    private static double millis(Instant from, Instant to) {
        return Math.max(0, Duration.between(from, to).toMillis());
    }
}
