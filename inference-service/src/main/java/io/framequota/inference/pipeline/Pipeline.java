package io.framequota.inference.pipeline;

import io.framequota.contract.control.Grant;
import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.triton.InferenceServer;
import io.framequota.inference.worker.ChunkRunner;
import io.framequota.inference.worker.WorkerInput;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A chunk's way: {@code intake -> preprocess -> (inference) -> postprocess -> publish}. Chunks are read one after another;
 * the next may be read while the last frames of the one before are at the server.
 *
 * <p>Memory, whatever a chunk's length: {@value #FRAMES} frames and {@value #FRAME_BYTES} bytes wait for preprocess, or one
 * larger frame; each slot of the server (its requests in flight and two) keeps its frame until the answer is read; the
 * reader keeps what it says; a chunk's lines are kept until they are published, for two chunks at most.
 */
public final class Pipeline implements ChunkRunner, AutoCloseable {
    private static final int FRAMES = 16;
    private static final long FRAME_BYTES = 32 * 1024 * 1024;
    /** Two are granted at a time; the rest are ones just dropped, which pass at once. */
    private static final int CHUNKS = 64;

    /** Outside ends of the pipeline. */
    public record Ports(
            Supplier<FrameReader> frames,
            ModelCatalog models,
            InferenceServer server,
            ResultPublisher results,
            DeadLetters deadLetters) {}

    private final IntakeStage readFrames;
    private final Stage<ChunkRun> intake;
    private final Stage<PendingFrame> preprocess;
    private final Stage<InferredFrame> postprocess;
    private final Stage<ChunkRun> publish;

    public Pipeline(String worker, Ports ports, InstantSource clock, MeterRegistry meters) {
        publish = new Stage<>("publish", 1, chunks(), new PublishStage(worker, ports.results()), meters);
        FrameCompletion ends = new FrameCompletion(ports.deadLetters(), publish::putNow);
        postprocess = new Stage<>(
                "postprocess",
                1,
                // An item holds a slot, so slots bound the length; its bytes are the slot's.
                new BoundedQueue<>(InferenceServer.MAX_SLOTS, 1, _ -> 0),
                new PostprocessStage(ends),
                meters);
        preprocess = new Stage<>(
                "preprocess",
                1,
                new BoundedQueue<>(FRAMES, FRAME_BYTES, w -> w.frame().pixels().length),
                new PreprocessStage(ports.server(), ends, postprocess::putNow),
                meters);
        readFrames = new IntakeStage(ports.frames(), ports.models(), clock, preprocess::put);
        intake = new Stage<>("intake", 1, chunks(), readFrames, meters);
    }

    /** Starts the stages. */
    public void start() {
        publish.start();
        postprocess.start();
        preprocess.start();
        intake.start();
    }

    @Override
    public Run launch(long epoch, Grant grant, Consumer<WorkerInput.Progress> progress) {
        ChunkRun run = new ChunkRun(epoch, grant, progress);
        intake.putNow(run);
        return run;
    }

    @Override
    public void close() {
        intake.close();
        readFrames.close();
        preprocess.close();
        postprocess.close();
        publish.close();
    }

    private static BoundedQueue<ChunkRun> chunks() {
        return new BoundedQueue<>(CHUNKS, 1, _ -> 0);
    }
}
