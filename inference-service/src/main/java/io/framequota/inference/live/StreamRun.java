package io.framequota.inference.live;

import io.framequota.contract.control.LiveAnnotated;
import io.framequota.contract.control.LivePacket;
import io.framequota.contract.control.LiveResult;
import io.framequota.contract.control.LiveRun;
import io.framequota.contract.control.LiveStream;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import io.framequota.inference.decode.FrameScaler;
import io.framequota.inference.frame.FrameCost;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.frame.ThreadCpuClock;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.worker.StreamAssignments.Assignment;
import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.scale.PictureScaler;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A stream that this worker infers. It has a thread that decodes; the lane's threads do the rest. Frames whose number is a multiple of N
 * are inferred.
 */
final class StreamRun {
    private static final System.Logger LOG = System.getLogger(StreamRun.class.getName());
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final String INTERNAL_ERROR = "internal error while the frame was made";

    /** What the streams of a worker share. */
    record Shared(
            WaitingFrames waiting,
            StreamAnnotator annotator,
            ByteBudget packets,
            Duration packetsWait,
            LaneCounters counters) {}

    private final String job;
    private final int every;
    private final LiveLane.Ports ports;
    private final Shared shared;
    private final boolean annotate;
    private final PacketQueue packets;
    private final ResultSequence results;
    private final StreamModel model;
    private final FrameCost cost = new FrameCost();
    private final LongAdder frames = new LongAdder();
    private final LongAdder dropped = new LongAdder();
    private final Thread thread;

    private volatile Assignment assignment;
    private volatile boolean open = true;
    private volatile String decodeFailure = "";

    private volatile String intakeFailure = "";

    /** Where the stream begins, until that is known; for the intake thread. */
    private @Nullable JoinPoint join;

    StreamRun(String worker, Assignment assignment, LiveLane.Ports ports, Shared shared) {
        this.assignment = assignment;
        this.ports = ports;
        this.shared = shared;
        packets = new PacketQueue(shared.packets(), shared.packetsWait());
        join = new JoinPoint(shared.packets());
        annotate = assignment.grant().getStream().getAnnotate();
        job = assignment.grant().getJob();
        every = Math.max(1, assignment.grant().getStream().getEvery());
        model = new StreamModel(ports.models(), assignment.grant().getModel());
        results = new ResultSequence(
                () -> LiveResult.newBuilder().setJob(job).setWorker(worker).setEpoch(this.assignment.epoch()),
                this::publish);
        thread = Thread.ofPlatform().name("live-decode-" + job).unstarted(this::run);
    }

    void start() {
        thread.start();
    }

    String job() {
        return job;
    }

    LiveStream stream() {
        return assignment.grant().getStream();
    }

    FrameCost cost() {
        return cost;
    }

    boolean isOpen() {
        return open;
    }

    /** Whether a grant means this run: then it goes on, whatever else has changed. */
    boolean goesOnUnder(Assignment granted) {
        LiveStream now = stream();
        LiveStream next = granted.grant().getStream();
        return granted.grant().getModel().equals(assignment.grant().getModel())
                && next.getPartition() == now.getPartition()
                && Math.max(1, next.getEvery()) == every
                && next.getAnnotate() == now.getAnnotate();
    }

    /** Takes over a grant that was sent again. */
    void renew(Assignment granted) {
        assignment = granted;
    }

    /** What heartbeats say about it. */
    LiveRun report() {
        String failure = Stream.of(intakeFailure, decodeFailure, model.failure())
                .filter(why -> !why.isEmpty())
                .findFirst()
                .orElse("");
        return LiveRun.newBuilder()
                .setJob(job)
                .setFrames(frames.sum())
                .setDropped(dropped.sum())
                .setCoreSeconds(cost.coreSeconds())
                .setFailure(failure)
                .build();
    }

    // The intake thread calls the methods below.

    void packet(LivePacket packet) {
        JoinPoint joining = join;
        if (joining == null) {
            packets.add(packet, System.nanoTime());
        } else if (joining.add(packet, ports.clock().millis())) {
            begin(joining);
        }
    }

    void caughtUp() {
        if (join != null) {
            begin(join);
        }
    }

    private void begin(JoinPoint found) {
        join = null;
        long now = System.nanoTime();
        found.take().forEach(packet -> packets.add(packet, now));
    }

    void tick() {
        results.tick();
    }

    /** Packets cannot be read: why, one line for people; empty when they can. */
    void intakeFailed(String why) {
        intakeFailure = why;
    }

    /** No packet comes before the stream is followed again. */
    void unfollowed() {
        if (join != null) {
            join.clear();
        }
    }

    // The decoding thread runs the methods below.

    private void run() {
        try {
            if (annotate) {
                shared.annotator().begin(this, this::publishAnnotated);
            }
            while (open) {
                try (PictureScaler scaler = ports.scalers().open();
                        StreamDecoder decoder =
                                new StreamDecoder(ports.decoders(), "the stream of job " + job, new Decoded(scaler))) {
                    decode(decoder);
                } catch (RuntimeException | Error e) {
                    decodeFailure = "internal error while it was decoded";
                    LOG.log(
                            System.Logger.Level.ERROR,
                            "decoding the stream of job " + job + " failed; it begins again",
                            e);
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            shared.waiting().remove(this);
            shared.annotator().end(this);
            packets.close();
            results.end();
        }
    }

    private void decode(StreamDecoder decoder) throws InterruptedException {
        while (open) {
            PacketQueue.Next next = packets.take();
            long began = ThreadCpuClock.now();
            try {
                decoder.accept(next.packet(), next.behindLoss());
            } finally {
                cost.decodeNanos.add(ThreadCpuClock.now() - began);
            }
        }
    }

    /** Takes what comes out of the decoder. */
    private final class Decoded implements StreamDecoder.Sink {
        private final PictureScaler pictures;
        private FrameScaler scaler;
        /** The last frame that is inferred; below 0 when there is none yet. */
        private long lastToInfer = -1;

        private boolean internalErrorTold;

        Decoded(PictureScaler pictures) {
            this.pictures = pictures;
            scaler = new FrameScaler(job, 0, PacketStream.getDefaultInstance(), pictures);
        }

        @Override
        public void opened(PacketStream stream) {
            scaler = new FrameScaler(job, 0, stream, pictures);
        }

        @Override
        public void picture(StreamDecoder.Picture picture, FrameDecoder decoder) {
            if (picture.number() % every == 0) {
                lastToInfer = picture.number();
                count(results.expect(picture));
                infer(picture, decoder);
            }
            if (annotate) {
                long bytes = 3L * decoder.width() * decoder.height();
                shared.annotator().add(StreamRun.this, bytes, () -> shot(picture, decoder));
            }
            decodeFailure = "";
        }

        private StreamAnnotator.Shot shot(StreamDecoder.Picture picture, FrameDecoder decoder) {
            DecodedPicture pixels = decoder.picture(PixelOrder.BGR);
            int width = decoder.width();
            int height = decoder.height();
            byte[] bgr = pictures.scale(pixels, width, height, false);
            return new StreamAnnotator.Shot(
                    picture, lastToInfer, bgr, width, height, decoder.color(), System.nanoTime());
        }

        /** Whatever happens, the frame has a line or is dropped; else no later one would be sent. */
        private void infer(StreamDecoder.Picture picture, FrameDecoder decoder) {
            try {
                ModelSpec spec = currentModel();
                if (spec == null) {
                    dropped(picture.number());
                    return;
                }
                Frame frame = scaler.frame(decoder, picture.number(), picture.ptsMs(), picture.damaged(), "");
                shared.waiting().add(new StreamFrame(StreamRun.this, frame, spec, System.nanoTime()));
            } catch (IllegalArgumentException e) {
                notInferred(picture, String.valueOf(e.getMessage()));
            } catch (RuntimeException e) {
                if (!internalErrorTold) {
                    LOG.log(System.Logger.Level.ERROR, "a frame of the stream of job " + job + " was not made", e);
                    internalErrorTold = true;
                }
                notInferred(picture, INTERNAL_ERROR);
            } catch (Error e) {
                notInferred(picture, INTERNAL_ERROR);
                throw e;
            }
        }

        private void notInferred(StreamDecoder.Picture picture, String cause) {
            done(new ResultLine(picture.number(), picture.ptsMs(), List.of(), null, cause));
        }

        @Override
        public void lost(StreamDecoder.Loss loss) {
            long missing = Math.floorDiv(loss.until() - 1, every) - Math.floorDiv(loss.from() - 1, every);
            if (missing > 0) {
                count(loss.cause() == GapCause.DROPPED ? missing : 0);
                count(results.missing(loss, missing));
            }
        }

        @Override
        public void failed(String cause) {
            if (!cause.equals(decodeFailure)) {
                LOG.log(System.Logger.Level.WARNING, "job {0}: {1}", job, cause);
            }
            decodeFailure = cause;
        }
    }

    private @Nullable ModelSpec currentModel() {
        try {
            return model.current();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }

    // Any thread calls the methods below.

    void dropped(StreamFrame frame) {
        dropped(frame.frame().meta().index());
    }

    private void dropped(long number) {
        count(1);
        results.dropped(number);
        shared.annotator().result(this, number, null);
    }

    private void count(long framesDropped) {
        dropped.add(framesDropped);
        shared.counters().dropped.add(framesDropped);
    }

    void inferred(StreamFrame frame, List<Detection> detections) {
        done(InferenceTask.line(frame.frame().meta(), detections, null));
    }

    void notInferred(StreamFrame frame, String cause) {
        done(InferenceTask.line(frame.frame().meta(), List.of(), cause));
    }

    void modelFailed(String cause) {
        model.failed(cause);
    }

    private void done(ResultLine line) {
        frames.increment();
        shared.counters().frames.increment();
        results.done(line, ports.clock().millis());
        shared.annotator().result(this, line.frame(), line.error() == null ? line.detections() : null);
    }

    private CompletionStage<Void> publishAnnotated(StreamDecoder.Picture picture, LiveAnnotated.Builder packet) {
        return ports.publisher()
                .publish(packet.setJob(job)
                        .setEpoch(assignment.epoch())
                        .setSession(picture.session())
                        .setReceivedAtMs(picture.receivedAtMs())
                        .build());
    }

    private void publish(LiveResult result) {
        ports.publisher().publish(result).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.log(
                        System.Logger.Level.DEBUG,
                        "a result of the stream of job {0} was not sent: {1}",
                        job,
                        failure.getMessage());
                shared.counters().unsent.increment();
            }
        });
    }

    /** Ends it. What is being inferred has no result. */
    void end() {
        open = false;
        thread.interrupt();
    }

    void join(Duration patience) throws InterruptedException {
        thread.join(patience);
    }
}
