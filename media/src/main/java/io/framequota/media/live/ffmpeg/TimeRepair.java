package io.framequota.media.live.ffmpeg;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Puts the times of a stream's packets, in decoding order, on a time line that never jumps back and begins with 0. All times are ticks of
 * the stream. Encoders and servers restart their clocks, let 24 or 32 bits wrap, and repeat or exchange times. What cannot be right is
 * replaced by what the arrival shows: a packet that came at once is one picture later, one that came after a pause is later by the pause.
 */
final class TimeRepair {
    /** No time, as FFmpeg writes it. */
    static final long NONE = Long.MIN_VALUE;

    /** A picture may be shown so many seconds after it is decoded; more is no time. */
    private static final int MAX_DELAY_S = 10;

    /** Decoding times that are late by less than this (a fraction of a second) are exchanged, not restarted. */
    private static final int EXCHANGED = 5;

    /** After so many packets in a row with times that were there before, the clock has restarted. */
    private static final int MAX_STALE = 16;

    /** No codec keeps more pictures back than this. */
    private static final int REORDERED = 16;

    private static final double ASSUMED_FPS = 25;
    /** So many pictures have a part in their mean distance. */
    private static final int AVERAGED = 32;

    /** A distance so many times the mean is a pause, unless it is below a second. */
    private static final int PAUSE = 8;

    private static final double NANOS = 1e9;

    private final double ticksPerSecond;
    private final long second;
    /** Where clocks wrap: 24, 31 and 32 bits of milliseconds, 32 and 33 bits of ticks. */
    private final long[] wraps;

    private boolean begun;
    /** A time of the stream less the time on our line. */
    private long offset;

    /** Decoding time of the last packet as the stream has it; the presentation time where it has no other. */
    private long lastRaw;

    private long lastArrival;
    private long lastDts = NONE;
    private long maxPts;
    /** By how much decoding times are later than presentation times, in streams that have it so. */
    private long lag;

    /** Mean distance of two pictures. */
    private double step;

    private long pictures;
    private int stale;
    private final long[] recent = new long[REORDERED];
    private long pts;
    private long dts;

    private long wrapped;
    private long back;
    private long ahead;
    private long unordered;

    /** @param ticksPerSecond of the stream's time base */
    TimeRepair(double ticksPerSecond) {
        this.ticksPerSecond = ticksPerSecond;
        second = Math.max(1, Math.round(ticksPerSecond));
        step = ticksPerSecond / ASSUMED_FPS;
        double perMs = ticksPerSecond / 1000;
        wraps = new long[] {
            Math.round((1L << 24) * perMs),
            Math.round((1L << 31) * perMs),
            Math.round((1L << 32) * perMs),
            1L << 32,
            1L << 33
        };
        Arrays.fill(recent, NONE);
    }

    /**
     * Takes the next packet.
     *
     * @param statedPts presentation time, or {@link #NONE}
     * @param statedDts decoding time, or {@link #NONE}
     * @param arrival on the clock of {@link System#nanoTime}
     */
    void next(long statedPts, long statedDts, long arrival) {
        long elapsed = begun ? Math.max(0, Math.round((arrival - lastArrival) / NANOS * ticksPerSecond)) : 0;
        boolean decoding = statedDts != NONE;
        long raw = decoding ? statedDts : statedPts;
        if (raw == NONE) {
            raw = begun ? lastRaw + Math.max(1, elapsed) : 0;
        }
        long delay = decoding && statedPts != NONE ? delay(statedPts - statedDts) : 0;
        if (!begun) {
            begun = true;
            offset = raw + delay;
        } else {
            follow(raw, delay, decoding, elapsed);
        }
        lag = Math.max(lag, -delay);
        pts = raw + delay - offset;
        dts = decoding ? raw - offset : NONE;
        order(delay, elapsed, raw);
        lastRaw = raw;
        lastArrival = arrival;
        remember();
    }

    /** Presentation time of the packet on our line. */
    long pts() {
        return pts;
    }

    /** Decoding time of the packet on our line, {@link #NONE} when the stream has none. */
    long dts() {
        return dts;
    }

    /** Pictures per second as measured over about the last 32; 0 before the second. */
    double fps() {
        return pictures < 2 ? 0 : ticksPerSecond / Math.max(1, step);
    }

    /** What was set right so far, one line each. */
    List<String> warnings() {
        List<String> lines = new ArrayList<>();
        if (wrapped > 0) {
            lines.add("the stream's clock wrapped around " + times(wrapped) + "; times go on");
        }
        if (back > 0) {
            lines.add("the stream's clock jumped back " + times(back) + "; times go on");
        }
        if (ahead > 0) {
            lines.add("the stream's clock jumped ahead " + times(ahead)
                    + " by more than a second; the jumps are left out");
        }
        if (unordered > 0) {
            lines.add(unordered + (unordered == 1 ? " packet" : " packets")
                    + " of the stream had times that were there before or make no sense; they were set right");
        }
        return lines;
    }

    private static String times(long number) {
        return number == 1 ? "once" : number + " times";
    }

    private long delay(long stated) {
        long delay = stated;
        for (int i = 0; i < wraps.length && !isDelay(delay); i++) {
            if (isDelay(stated + wraps[i])) {
                delay = stated + wraps[i];
            } else if (isDelay(stated - wraps[i])) {
                delay = stated - wraps[i];
            }
        }
        if (!isDelay(delay)) {
            unordered++;
            return 0;
        }
        return delay;
    }

    private boolean isDelay(long ticks) {
        return ticks >= -second && ticks <= MAX_DELAY_S * second;
    }

    private void follow(long raw, long delay, boolean decoding, long elapsed) {
        // Presentation times go back by as much as pictures are reordered.
        long least = decoding ? -second / EXCHANGED : -second;
        long most = elapsed + second;
        long change = raw - lastRaw;
        if (change >= least && change <= most) {
            return;
        }
        for (long wrap : wraps) {
            for (long unwrapped : new long[] {change + wrap, change - wrap}) {
                if (unwrapped >= least && unwrapped <= most) {
                    wrapped++;
                    offset += change - unwrapped;
                    return;
                }
            }
        }
        if (change < 0) {
            back++;
        } else {
            ahead++;
        }
        restart(raw, delay, elapsed);
    }

    /** The clock is another one from this packet on. */
    private void restart(long raw, long delay, long elapsed) {
        long later = elapsed > second ? elapsed : Math.clamp(Math.round(step), 1, second);
        offset = raw + delay - (Math.max(maxPts, lastDts) + later);
        stale = 0;
    }

    /** Makes times rise that were there before. */
    private void order(long delay, long elapsed, long raw) {
        if (lastDts == NONE && dts == NONE) {
            stale = pts > maxPts ? 0 : stale + 1;
        } else if (lastDts != NONE) {
            // Whatever is shown before this packet's decoding time is shown already.
            boolean late = (dts != NONE && dts <= lastDts) || pts <= lastDts - lag;
            stale = late ? stale + 1 : 0;
        }
        if (stale > MAX_STALE) {
            back++;
            restart(raw, delay, elapsed);
            pts = raw + delay - offset;
            dts = dts == NONE ? NONE : raw - offset;
        }
        boolean set = false;
        if (dts != NONE && lastDts != NONE && dts <= lastDts) {
            dts = lastDts + 1;
            set = true;
        }
        if (lastDts != NONE && pts <= lastDts - lag) {
            pts = lastDts - lag + 1;
            set = true;
        }
        while (isRecent(pts)) {
            pts++;
            set = true;
        }
        unordered += set ? 1 : 0;
    }

    private boolean isRecent(long time) {
        for (long one : recent) {
            if (one == time) {
                return true;
            }
        }
        return false;
    }

    private void remember() {
        long distance = Math.max(0, pts - maxPts);
        boolean pause = pictures > 1 && distance > second && distance > PAUSE * step;
        if (pictures > 0 && !pause) {
            step += (distance - step) / Math.min(pictures, AVERAGED);
        }
        recent[(int) (pictures++ % REORDERED)] = pts;
        maxPts = Math.max(maxPts, pts);
        lastDts = dts == NONE ? lastDts : Math.max(lastDts, dts);
    }
}
