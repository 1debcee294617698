package io.framequota.inference.live;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.result.Detection;
import io.framequota.inference.frame.ThreadCpuClock;
import io.framequota.media.draw.opencv.BoxPainter;
import io.framequota.media.encode.ffmpeg.LiveEncoder;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Draws and encodes one annotated stream, as annotated videos look. Pictures of another size get a new encoder. After a packet that was not
 * sent pictures are left out for a second, and the next one is a key picture; after a failure of the encoder for five seconds. {@link #encode}
 * is for one thread; any thread may end it.
 */
final class AnnotatedEncoder {
    private static final System.Logger LOG = System.getLogger(AnnotatedEncoder.class.getName());

    private static final Duration PAUSE_UNSENT = Duration.ofSeconds(1);
    private static final Duration PAUSE_FAILED = Duration.ofSeconds(5);

    private final StreamRun run;
    private final BiFunction<StreamDecoder.Picture, LiveAnnotated.Builder, CompletionStage<Void>> out;
    private final LongSupplier nanos;
    private @Nullable LiveEncoder encoder;
    private long pausedUntil;
    private int width;
    private int height;
    private boolean ended;
    private boolean failureTold;
    /** Whether a packet was not sent: those behind it are of no use before the next key picture. */
    private volatile boolean interrupted;

    /**
     * @param out takes packets with their pictures; must not wait
     * @param nanos the clock, as {@link System#nanoTime}
     */
    AnnotatedEncoder(
            StreamRun run,
            BiFunction<StreamDecoder.Picture, LiveAnnotated.Builder, CompletionStage<Void>> out,
            LongSupplier nanos) {
        this.run = run;
        this.out = out;
        this.nanos = nanos;
        pausedUntil = nanos.getAsLong();
    }

    /** @return false when the picture is left out */
    synchronized boolean encode(StreamAnnotator.Shot shot, List<Detection> boxes) {
        if (ended || isPaused()) {
            return false;
        }
        long began = ThreadCpuClock.now();
        boolean usable = false;
        try {
            LiveEncoder open = encoder(shot);
            BoxPainter.draw(shot.bgr(), shot.width(), shot.height(), boxes);
            for (AccessUnit unit : open.encode(shot.bgr(), shot.picture().ptsMs())) {
                LiveAnnotated.Builder packet = LiveAnnotated.newBuilder()
                        .setUnit(unit.toBuilder().setFrame(shot.picture().number()));
                if (unit.getKey()) {
                    packet.setCodec(open.parameters());
                }
                out.apply(shot.picture(), packet).whenComplete((_, failure) -> {
                    if (failure != null) {
                        interrupted = true;
                    }
                });
            }
            usable = true;
        } catch (IOException e) {
            if (!failureTold) {
                LOG.log(System.Logger.Level.WARNING, "job {0}: annotated {1}", run.job(), e.getMessage());
                failureTold = true;
            }
        } finally {
            if (!usable) {
                closeEncoder();
                pausedUntil = nanos.getAsLong() + PAUSE_FAILED.toNanos();
            }
            run.cost().decodeNanos.add(ThreadCpuClock.now() - began);
        }
        return usable;
    }

    private boolean isPaused() {
        if (interrupted) {
            interrupted = false;
            pausedUntil = nanos.getAsLong() + PAUSE_UNSENT.toNanos();
            if (encoder != null) {
                encoder.requestKey();
            }
        }
        return nanos.getAsLong() - pausedUntil < 0;
    }

    private LiveEncoder encoder(StreamAnnotator.Shot shot) throws IOException {
        LiveEncoder open = encoder;
        if (open == null || shot.width() != width || shot.height() != height) {
            closeEncoder();
            width = shot.width();
            height = shot.height();
            open = new LiveEncoder(width, height, run.stream().getFps(), shot.color());
            encoder = open;
        }
        return open;
    }

    private void closeEncoder() {
        if (encoder != null) {
            encoder.close();
            encoder = null;
        }
    }

    synchronized void end() {
        ended = true;
        closeEncoder();
    }
}
