package io.framequota.ingest.live;

import io.framequota.contract.control.LiveResult;
import io.framequota.contract.result.GapLine;
import io.framequota.ingest.store.LiveStore.Position;
import io.framequota.ingest.store.LiveStore.StreamGap;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Makes the lines of a live result from what workers send: each frame has one line or is counted in one gap, in the order of the frames'
 * numbers. What does not rise above the last number, or comes from an earlier epoch, was there before and is left out. Not thread-safe.
 */
final class LiveLines {
    /** A window ends early with this many bytes of lines: they are held in memory. */
    private static final int MOST_BYTES = 512 * 1024;

    /** A line with the number up to which it and all earlier ones account for every frame. */
    record Line(long frame, String text) {}

    /**
     * The lines since the last window.
     *
     * @param firstFrame number of the first frame with a line or in a gap
     * @param toMs the end on the job's time line
     */
    record Content(
            List<Line> lines,
            long firstFrame,
            double firstMs,
            double toMs,
            int frames,
            int failedFrames,
            long detections,
            Map<String, Long> gaps,
            long lastFrame,
            long epoch,
            String worker) {}

    private final int every;
    private final List<StreamGap> gaps = new ArrayList<>();
    private double fps;
    private long last;
    private double lastMs;
    private long epoch;
    private String worker = "";

    private List<Line> lines = new ArrayList<>();
    private Map<String, Long> missing = new TreeMap<>();
    private long firstFrame;
    private double firstMs;
    private int bytes;
    private int frames;
    private int failed;
    private long detections;

    /**
     * @param every infer every Nth frame
     * @param position how far the committed result goes
     * @param recorded gaps of the stream that may lie behind it
     * @param fps frames per second, 0 when unknown
     */
    LiveLines(int every, Position position, List<StreamGap> recorded, double fps) {
        this.every = every;
        this.last = position.lastFrame();
        this.lastMs = position.lastMs();
        this.epoch = position.epoch();
        this.fps = fps;
        recorded.forEach(this::expect);
        begin();
    }

    private void begin() {
        lines = new ArrayList<>();
        missing = new TreeMap<>();
        firstFrame = last + 1;
        firstMs = lastMs;
        bytes = 0;
        frames = 0;
        failed = 0;
        detections = 0;
    }

    void setFps(double fps) {
        this.fps = fps;
    }

    /**
     * Takes a gap of the stream into account, which belongs in front of the first frame behind it.
     *
     * @return false when results behind it were there before
     */
    boolean expect(StreamGap gap) {
        if (gap.nextFrame() <= last) {
            return false;
        }
        StreamGap.add(gaps, gap);
        return true;
    }

    /** Takes a result. Returns whether it was new. */
    boolean add(LiveResult result) {
        if (result.getEpoch() < epoch) {
            return false;
        }
        // A gap stands for the frames in front of its number.
        long covered = result.hasGap() ? result.getFrame() - 1 : result.getFrame();
        if (covered <= last) {
            return false;
        }
        epoch = result.getEpoch();
        worker = result.getWorker();
        passGaps(covered);
        if (result.hasGap()) {
            addGap(
                    between(last, result.getFrame()),
                    Math.max(lastMs, result.getGap().getToMs()),
                    result.getGap().getCause(),
                    covered);
        } else {
            addGap(between(last, covered), result.getPtsMs(), GapLine.NO_WORKER, covered - 1);
            addLine(result);
        }
        return true;
    }

    /** Counts the frames up to a number that no result will come for. */
    void finish(long nextFrame) {
        if (nextFrame - 1 > last) {
            passGaps(nextFrame - 1);
            double step = every * StreamClock.frameMs(fps);
            addGap(between(last, nextFrame), lastMs + step * between(last, nextFrame), GapLine.DROPPED, nextFrame - 1);
        }
    }

    private void passGaps(long covered) {
        while (!gaps.isEmpty() && gaps.getFirst().nextFrame() <= covered) {
            StreamGap gap = gaps.removeFirst();
            if (gap.frames() == StreamGap.BY_TIME) {
                double step = every * StreamClock.frameMs(fps);
                long count = Math.max(0, Math.round((gap.toMs() - lastMs) / step) - (last < 0 ? 0 : 1));
                addGap(count, gap.toMs(), gap.cause(), gap.nextFrame() - 1);
            } else {
                addGap(between(last, gap.firstFrame()), gap.fromMs(), GapLine.NO_WORKER, gap.firstFrame() - 1);
                long numbered = between(Math.max(last, gap.firstFrame() - 1), gap.nextFrame());
                addGap(numbered + gap.frames(), gap.toMs(), gap.cause(), gap.nextFrame() - 1);
            }
        }
    }

    /** Number of frames to infer between two numbers, both excluded. */
    private long between(long before, long behind) {
        return Math.max(0, Math.floorDiv(behind - 1, every) - Math.floorDiv(before, every));
    }

    private void addGap(long count, double toMs, String cause, long covered) {
        double end = Math.max(lastMs, toMs);
        if (count > 0) {
            StringBuilder text = new StringBuilder();
            new GapLine(lastMs, end, count, cause).appendTo(text);
            append(Math.max(last, covered), text.substring(0, text.length() - 1));
            missing.merge(cause, count, Long::sum);
            lastMs = end;
        }
        last = Math.max(last, covered);
    }

    private void addLine(LiveResult result) {
        String line = result.getLine().toStringUtf8().strip();
        int detected = line.indexOf("\"detections\":");
        boolean error = line.indexOf("\"error\":") >= 0 && line.indexOf("\"error\":") < detected;
        last = result.getFrame();
        lastMs = Math.max(lastMs, result.getPtsMs());
        append(
                last,
                line.endsWith("}")
                        ? line.substring(0, line.length() - 1) + ",\"received_ms\":" + result.getReceivedAtMs() + "}"
                        : line);
        frames++;
        failed += error ? 1 : 0;
        detections += result.getDetections();
    }

    private void append(long frame, String text) {
        lines.add(new Line(frame, text));
        bytes += text.length() + 1;
    }

    /** The lines since the last window. */
    List<Line> lines() {
        return List.copyOf(lines);
    }

    /** The lines from one on. */
    List<Line> linesFrom(int index) {
        return List.copyOf(lines.subList(index, lines.size()));
    }

    int size() {
        return lines.size();
    }

    /** Frames without a line since the last window, by cause. */
    Map<String, Long> missing() {
        return missing;
    }

    /** Frames with a line since the last window. */
    int frames() {
        return frames;
    }

    /** Highest number that has a line or is in a gap. */
    long last() {
        return last;
    }

    /** Whether the window should end now, because of its size. */
    boolean full() {
        return bytes >= MOST_BYTES;
    }

    /** Ends the window and returns its content. */
    Content take() {
        Content content = new Content(
                List.copyOf(lines),
                firstFrame,
                firstMs,
                lastMs,
                frames,
                failed,
                detections,
                Map.copyOf(missing),
                last,
                epoch,
                worker);
        begin();
        return content;
    }
}
