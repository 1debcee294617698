package io.framequota.scheduler.dispatch;

import org.jspecify.annotations.Nullable;

/** What one stream was measured to use: its inferred and dropped frames, and the core-seconds of a frame. */
final class StreamMeter {
    /** So many frames are needed for a cost. */
    private static final double MIN_FRAMES = 20;
    /** The sums are halved at twice the frames of so many seconds, so that the last minute dominates. */
    private static final double WINDOW_S = 30;
    /** The CPU in use is the mean over at least so long. */
    private static final long USE_US = 5_000_000;

    private double seconds;
    private double inferred;
    private long frames;
    private long dropped;

    /** The process that reported last, and its last sums. */
    private @Nullable WorkerId worker;

    private @Nullable StreamReport last;
    private long useFromUs;
    private double useFromS;
    private double usedMillicores = -1;

    /** Takes a report. {@code perSecond} is the rate of frames to infer, 0 if unknown. */
    void reported(WorkerId by, StreamReport report, double perSecond, long nowUs) {
        StreamReport before = last;
        boolean goesOn = before != null
                && by.equals(worker)
                && report.frames() >= before.frames()
                && report.coreSeconds() >= before.coreSeconds()
                && report.dropped() >= before.dropped();
        StreamReport base = goesOn && before != null ? before : new StreamReport(report.job(), 0, 0, 0, "");
        add(report, base, Math.max(MIN_FRAMES, WINDOW_S * perSecond));
        if (!goesOn) {
            useFromUs = nowUs;
            useFromS = report.coreSeconds();
            usedMillicores = -1;
        } else if (nowUs - useFromUs >= USE_US) {
            usedMillicores = 1e9 * (report.coreSeconds() - useFromS) / (nowUs - useFromUs);
            useFromUs = nowUs;
            useFromS = report.coreSeconds();
        }
        worker = by;
        last = report;
    }

    private void add(StreamReport report, StreamReport base, double window) {
        long more = report.frames() - base.frames();
        frames += more;
        dropped += report.dropped() - base.dropped();
        // What a process did for a whole day counts as much as what it did in the window.
        double part = more > 2 * window ? 2 * window / more : 1;
        seconds += part * (report.coreSeconds() - base.coreSeconds());
        inferred += part * more;
        while (inferred > 2 * window) {
            seconds /= 2;
            inferred /= 2;
        }
    }

    /** Core-seconds of an inferred frame, 0 before enough frames were inferred. */
    double perFrameS() {
        return inferred < MIN_FRAMES ? 0 : seconds / inferred;
    }

    /** Frames inferred since this leadership began, and before by the worker that it was taken over from. */
    long frames() {
        return frames;
    }

    /** Frames left out in the same time, because inference was behind. */
    long dropped() {
        return dropped;
    }

    /** Millicores in use, -1 while unknown. */
    double usedMillicores() {
        return usedMillicores;
    }
}
