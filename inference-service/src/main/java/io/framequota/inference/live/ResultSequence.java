package io.framequota.inference.live;

import com.google.protobuf.ByteString;
import io.framequota.contract.control.LiveGap;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.result.ResultLine;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Brings a stream's results and gaps into the order of its frames and passes each on as soon as nothing can come in front of it. Losses
 * that follow one another become one gap, in front of the next result or when a second has passed. When {@value #MOST_ITEMS} results and
 * gaps wait for the result of a frame, that frame counts as dropped. Safe for use by several threads.
 */
final class ResultSequence {
    /** Far more frames than are being inferred or wait for it. */
    static final int MOST_ITEMS = 256;

    private static final Duration MOST_DELAY = Duration.ofSeconds(1);

    /** What all results of the stream have in common. */
    interface Sender {
        /** The results' job, worker and current epoch. */
        LiveResult.Builder result();
    }

    /** One frame that is expected or has its result, or frames that are missing. */
    private static final class Item {
        final StreamDecoder.Picture picture;
        LiveResult.@Nullable Builder result;
        /** Why it is missing; null when it is not. */
        @Nullable
        GapCause missing;

        LiveGap.Builder gap = LiveGap.newBuilder();
        /** The first number behind the gap. */
        long behind;

        long sinceNanos;

        Item(StreamDecoder.Picture picture) {
            this.picture = picture;
        }

        void miss(GapCause cause, long frames, double fromMs, double toMs, long numberBehind, long nowNanos) {
            missing = cause;
            gap.setCause(cause.label()).setFrames(frames).setFromMs(fromMs).setToMs(toMs);
            behind = numberBehind;
            sinceNanos = nowNanos;
        }

        void drop() {
            double at = picture.ptsMs();
            miss(GapCause.DROPPED, 1, at, at, picture.number() + 1, System.nanoTime());
        }

        boolean joins(Item next) {
            return missing != null && missing == next.missing && picture.session() == next.picture.session();
        }

        void join(Item next) {
            gap.setFrames(gap.getFrames() + next.gap.getFrames()).setToMs(next.gap.getToMs());
            behind = next.behind;
        }
    }

    private final Sender sender;
    private final Consumer<LiveResult> out;
    private final Deque<Item> items = new ArrayDeque<>();

    /** @param out takes results in order; must not wait */
    ResultSequence(Sender sender, Consumer<LiveResult> out) {
        this.sender = sender;
        this.out = out;
    }

    /**
     * A frame will have a result, or be dropped. Frames come in order.
     *
     * @return how many frames in front of it were given up, because their results did not come
     */
    synchronized int expect(StreamDecoder.Picture picture) {
        items.add(new Item(picture));
        return giveUp();
    }

    /**
     * Frames are missing behind all that were expected.
     *
     * @param frames that should have been inferred
     * @return how many frames in front of them were given up, because their results did not come
     */
    synchronized int missing(StreamDecoder.Loss loss, long frames) {
        Item item = new Item(new StreamDecoder.Picture(loss.from(), loss.fromMs(), false, loss.session(), 0));
        item.miss(loss.cause(), frames, loss.fromMs(), loss.toMs(), loss.until(), System.nanoTime());
        Item last = items.peekLast();
        if (last != null && last.joins(item)) {
            last.join(item);
        } else {
            items.add(item);
        }
        advance(false);
        return giveUp();
    }

    private int giveUp() {
        int frames = 0;
        while (items.size() > MOST_ITEMS) {
            Item head = items.getFirst();
            if (head.missing == null) {
                head.drop();
                frames++;
            }
            advance(true);
        }
        return frames;
    }

    /** An expected frame was dropped. */
    synchronized void dropped(long number) {
        Item before = null;
        for (Iterator<Item> i = items.iterator(); i.hasNext(); ) {
            Item item = i.next();
            if (item.missing == null && item.picture.number() == number) {
                item.drop();
                if (before != null && before.joins(item)) {
                    before.join(item);
                    i.remove();
                }
                break;
            }
            before = item;
        }
        advance(false);
    }

    /**
     * An expected frame has its line.
     *
     * @param atMs wall clock
     */
    synchronized void done(ResultLine line, long atMs) {
        for (Item item : items) {
            if (item.missing == null && item.picture.number() == line.frame()) {
                StringBuilder text = new StringBuilder();
                line.appendTo(text);
                item.result = sender.result()
                        .setLine(ByteString.copyFromUtf8(text.substring(0, text.length() - 1)))
                        .setDetections(line.detections().size())
                        .setReceivedAtMs(item.picture.receivedAtMs())
                        .setInferredAtMs(atMs);
                break;
            }
        }
        advance(false);
    }

    /** Passes on gaps that have waited for a second. Call this regularly. */
    synchronized void tick() {
        advance(false);
    }

    /** Passes on what is complete, because nothing follows. */
    synchronized void end() {
        advance(true);
    }

    private void advance(boolean all) {
        Item head;
        while ((head = items.peekFirst()) != null) {
            LiveResult.Builder result = head.result;
            if (result != null) {
                items.removeFirst();
                send(result, head, head.picture.number(), head.picture.ptsMs());
            } else if (head.missing != null) {
                if (!all && mayGrow(head)) {
                    return;
                }
                items.removeFirst();
                send(sender.result().setGap(head.gap), head, head.behind, head.gap.getToMs());
            } else {
                return;
            }
        }
    }

    /** Whether a gap at the head waits for the frames behind it, and joins those that are missing, too. */
    private boolean mayGrow(Item head) {
        Iterator<Item> i = items.iterator();
        i.next();
        while (i.hasNext()) {
            Item next = i.next();
            if (!head.joins(next)) {
                if (next.result != null || next.missing != null) {
                    return false;
                }
                break;
            }
            head.join(next);
            i.remove();
        }
        return System.nanoTime() - head.sinceNanos < MOST_DELAY.toNanos();
    }

    private void send(LiveResult.Builder result, Item item, long frame, double ptsMs) {
        out.accept(result.setSession(item.picture.session())
                .setFrame(frame)
                .setPtsMs(ptsMs)
                .build());
    }
}
