package io.framequota.inference.live;

import io.framequota.inference.frame.AnswerReader;
import io.framequota.inference.frame.AnsweredPicture;
import io.framequota.inference.frame.FrameRequests;
import io.framequota.inference.triton.TritonServer;
import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;

/**
 * Sends the frames of all streams of a worker to its inference server, on one thread, and reads the answers, on another. The slots for
 * streams bound what is at the server; a frame is chosen when one is free, so that what waits is as new as can be.
 */
final class StreamInference implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StreamInference.class.getName());
    private static final Duration PAUSE = Duration.ofMillis(500);

    private final TritonServer server;
    private final WaitingFrames waiting;
    private final FrameRequests<StreamFrame> sender;
    private final AnswerReader reader = new AnswerReader();
    /** Each answer holds a slot, so the number of slots bounds the queue. */
    private final BlockingQueue<AnsweredPicture<StreamFrame>> answers = new LinkedBlockingQueue<>();

    private final Thread sending = Thread.ofPlatform().name("live-preprocess").unstarted(() -> loop(this::sendNext));
    private final Thread reading = Thread.ofPlatform().name("live-postprocess").unstarted(() -> loop(this::readNext));

    private interface Step {
        void run() throws InterruptedException;
    }

    StreamInference(TritonServer server, WaitingFrames waiting) {
        this.server = server;
        this.waiting = waiting;
        sender = new FrameRequests<>(server::takeForStream, answers::add);
    }

    void start() {
        sending.start();
        reading.start();
    }

    private static void loop(Step step) {
        try {
            while (!Thread.interrupted()) {
                try {
                    step.run();
                } catch (RuntimeException | Error e) {
                    LOG.log(System.Logger.Level.ERROR, "inferring streams failed; it goes on", e);
                    Thread.sleep(PAUSE);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void sendNext() throws InterruptedException {
        server.awaitStreamSlot();
        StreamFrame frame = waiting.take();
        if (!frame.wanted()) {
            return;
        }
        try {
            sender.send(frame);
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "a frame of stream " + frame.run().job() + " was not sent",
                    e);
            frame.refused("internal error while it was sent");
        }
    }

    private void readNext() throws InterruptedException {
        AnsweredPicture<StreamFrame> answer = answers.take();
        try {
            reader.read(answer);
        } catch (RuntimeException | Error e) {
            LOG.log(
                    System.Logger.Level.ERROR,
                    "an answer for stream " + answer.task().run().job() + " was not read",
                    e);
            answer.task().refused("internal error while its answer was read");
        }
    }

    @Override
    public void close() {
        sending.interrupt();
        reading.interrupt();
        try {
            sending.join(1000);
            reading.join(1000);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
