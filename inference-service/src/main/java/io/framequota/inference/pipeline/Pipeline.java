package io.framequota.inference.pipeline;

import io.framequota.contract.control.Grant;
import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.publish.DeadLetters;
import io.framequota.inference.publish.ResultPublisher;
import io.framequota.inference.triton.TritonServer;
import io.framequota.inference.worker.ChunkRunner;
import io.framequota.inference.worker.WorkerInput;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.scale.PictureScaler;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs chunks: {@code intake -> decode -> preprocess -> (inference server) -> postprocess -> publish}, each stage on one thread; frames
 * that travel as pixels skip decode. Intake reads one chunk after another; it may read the next chunk while the last frames of the
 * current one are at the server.
 *
 * <p>Memory does not depend on the length of a chunk. At most {@value #BATCHES} records of packets and {@value #BATCH_BYTES} bytes, or
 * one larger record, wait for decode, which has one decoder. At most {@value #FRAMES} frames and {@value #FRAME_BYTES} bytes, or one larger
 * frame, wait for preprocess. Each slot of the server (its requests in flight and two more) keeps its frame until the answer is
 * read. The result lines of at most two chunks are kept until they are published.
 */
public final class Pipeline implements ChunkRunner, AutoCloseable {
    private static final int BATCHES = 16;
    private static final long BATCH_BYTES = 4 * 1024 * 1024;
    private static final int FRAMES = 16;
    private static final long FRAME_BYTES = 32 * 1024 * 1024;
    /** Two chunks are granted at a time; the rest is room for cancelled chunks, which every stage skips. */
    private static final int CHUNKS = 64;

    /** What the pipeline reads from, calls and writes to. */
    public record Ports(
            Supplier<FrameReader> frames,
            FrameDecoder.Factory decoders,
            PictureScaler.Factory scalers,
            ModelCatalog models,
            TritonServer server,
            ResultPublisher results,
            DeadLetters deadLetters) {}

    private final IntakeStage reader;
    private final Stage<ChunkRun> intake;
    private final DecodeStage decoder;
    private final Stage<PendingPackets> decode;
    private final Stage<PendingFrame> preprocess;
    private final Stage<InferredFrame> postprocess;
    private final Stage<ChunkRun> publish;

    public Pipeline(String worker, Ports ports, InstantSource clock, MeterRegistry meters) {
        Tags tags = Tags.of("worker", worker);
        // From the last stage to the first, because each stage is given the next one's queue.
        publish = new Stage<>("publish", 1, chunkQueue(), new PublishStage(worker, ports.results()), tags, meters);
        FrameCompletion completion = new FrameCompletion(ports.deadLetters(), publish::putNow);
        postprocess = new Stage<>(
                "postprocess",
                1,
                // Every frame here holds a slot of the server, so the number of slots bounds the queue.
                new BoundedQueue<>(TritonServer.MAX_SLOTS, 1, _ -> 0),
                new PostprocessStage(),
                tags,
                meters);
        preprocess = new Stage<>(
                "preprocess",
                1,
                new BoundedQueue<>(
                        FRAMES, FRAME_BYTES, pending -> pending.frame().pixels().length),
                new PreprocessStage(ports.server()::take, completion, postprocess::putNow),
                tags,
                meters);
        decoder = new DecodeStage(ports.decoders(), ports.scalers().open(), preprocess::put, publish::putNow);
        decode = new Stage<>(
                "decode", 1, new BoundedQueue<>(BATCHES, BATCH_BYTES, PendingPackets::bytes), decoder, tags, meters);
        reader = new IntakeStage(
                ports.frames(), ports.models(), clock, preprocess::put, decode::put, completion::condemn);
        intake = new Stage<>("intake", 1, chunkQueue(), reader, tags, meters);
    }

    public void start() {
        publish.start();
        postprocess.start();
        preprocess.start();
        decode.start();
        intake.start();
    }

    /**
     * Looks for a stage that hangs. Call it once a second, from one thread.
     *
     * @param seconds for which a stage may compute without any progress
     * @return what hangs, one line; null for nothing
     */
    public @Nullable String stuck(int seconds) {
        if (decode.stuckFor(preprocess.added()) >= seconds) {
            return decode.work();
        }
        if (preprocess.stuckFor(0) >= seconds) {
            return preprocess.work();
        }
        return postprocess.stuckFor(0) >= seconds ? postprocess.work() : null;
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
        reader.close();
        decode.close();
        decoder.close();
        preprocess.close();
        postprocess.close();
        publish.close();
    }

    private static BoundedQueue<ChunkRun> chunkQueue() {
        return new BoundedQueue<>(CHUNKS, 1, _ -> 0);
    }
}
