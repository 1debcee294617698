package io.framequota.ingest.store;

import io.framequota.contract.control.LiveStream;
import io.framequota.ingest.job.Job;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the database holds of live jobs beside the jobs themselves. Every method is one transaction and throws {@link StoreException}. */
public interface LiveStore {
    /**
     * How far a stream was written at a moment.
     *
     * @param nextFrame number of the packet after the last one
     * @param nextMs the highest time so far on the job's time line
     */
    record Mark(long nextFrame, double nextMs, Instant at) {}

    /**
     * The addresses of a job with their secrets, which must not be shown or logged.
     *
     * @param address of the source; null when the stream is pushed to this service
     * @param publish where the annotated stream goes, null for nowhere
     */
    record Addresses(@Nullable String address, @Nullable String publish) {
        @Override
        public String toString() {
            return "the addresses of a live job";
        }
    }

    /**
     * How far a job's committed result goes.
     *
     * @param lastFrame highest number that has a line or is in a gap; -1 before the first
     * @param lastMs where that is on the job's time line
     * @param epoch of the last result
     * @param windows number of windows so far
     */
    record Position(long lastFrame, double lastMs, long epoch, int windows) {}

    /**
     * Frames that were never written to the broker.
     *
     * @param firstFrame number of the first one, if they have numbers
     * @param nextFrame number of the first packet behind the gap
     * @param frames to infer that never arrived, and so have no numbers; {@link #BY_TIME} for as many as the time from the last line to
     *     {@code toMs} has, whatever the numbers between are
     */
    record StreamGap(long firstFrame, long nextFrame, double fromMs, double toMs, long frames, String cause) {
        /** See {@link StreamGap#frames}. */
        public static final long BY_TIME = -1;

        /**
         * Most gaps of a job that wait for results behind them. A stream that comes and goes without any result has one for each time, so the
         * oldest ones become one.
         */
        public static final int MOST = 256;

        /** Adds a gap behind others, of which the two oldest become one when they are {@link #MOST}. */
        public static void add(List<StreamGap> gaps, StreamGap gap) {
            if (gaps.size() >= MOST) {
                StreamGap first = gaps.removeFirst();
                gaps.addFirst(first.with(gaps.removeFirst()));
            }
            gaps.add(gap);
        }

        /** This and the next gap as one. */
        public StreamGap with(StreamGap next) {
            return new StreamGap(firstFrame, next.nextFrame, fromMs, next.toMs, BY_TIME, next.cause);
        }
    }

    /**
     * A window of a job's result, to be committed.
     *
     * @param index 0, 1, 2, ...
     * @param firstFrame number of the first frame with a line or in a gap
     * @param firstMs where the window begins on the job's time line
     * @param toMs where it ends
     * @param lines frames with a line
     * @param failedFrames of them, those whose line is an error
     * @param gaps frames in gaps, by cause
     * @param lastFrame highest number that has a line or is in a gap
     * @param file the window's member, relative to the storage folder
     */
    record Window(
            String job,
            int index,
            long firstFrame,
            double firstMs,
            double toMs,
            int lines,
            int failedFrames,
            long detections,
            Map<String, Long> gaps,
            long lastFrame,
            long epoch,
            String worker,
            String file,
            long bytes) {}

    /** Open live jobs, by arrival. */
    List<Job> open();

    /** The addresses of a job. */
    Addresses addresses(String job);

    /** How far a stream was written, empty when it never was. */
    Optional<Mark> mark(String job);

    /** Records how far a stream was written. */
    void saveMark(String job, Mark mark);

    /**
     * Records the stream of an open job, which is open now. The job's width and height are those of its first stream.
     *
     * @return the job, empty when it has ended
     */
    Optional<Job> saveStream(String job, LiveStream stream);

    /** Records that the stream of a job is not open now. */
    void saveLost(String job);

    /** Records that no stream is open: this process has just started. */
    void saveAllLost();

    /** How far a job's committed result goes. */
    Position position(String job);

    /**
     * Records a gap. A job has at most {@link StreamGap#MOST}; its oldest ones become one. A gap is forgotten when a window is committed whose last
     * frame is behind it.
     */
    void addGap(String job, StreamGap gap);

    /** The recorded gaps of a job, by their place. */
    List<StreamGap> gaps(String job);

    /**
     * Commits a window and adds its numbers to the job. A window that was committed before changes nothing.
     *
     * @return the job after the commit; empty when it has ended or does not exist
     */
    Optional<Job> commit(Window window, Instant now);

    /**
     * The windows that are no longer kept: those written before a time, and the oldest ones beyond a size.
     *
     * @param lastIndex of the last such window
     * @param frames all frames of these windows, with a line or in a gap
     * @param files their members
     */
    record Expiry(String job, int lastIndex, double fromMs, double toMs, long frames, List<String> files) {}

    /**
     * What of a job's result is to go. The newest window always stays.
     *
     * @param maxAge how long windows are kept
     * @param maxBytes most bytes of a job's members
     */
    Optional<Expiry> expiry(String job, Instant now, Duration maxAge, long maxBytes);

    /**
     * Replaces windows by one whose member has the gap line.
     *
     * @param file that member, relative to the storage folder
     * @return false when there is no such window any more
     */
    boolean expire(Expiry expiry, String file, long bytes);

    /** Jobs for which {@link #expiry} is not empty. */
    List<String> withExpired(Instant now, Duration maxAge, long maxBytes);
}
