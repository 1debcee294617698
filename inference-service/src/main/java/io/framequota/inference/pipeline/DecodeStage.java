package io.framequota.inference.pipeline;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.PacketBatch;
import io.framequota.inference.decode.ChunkDecoder;
import io.framequota.inference.decode.IrregularChunkException;
import io.framequota.inference.frame.ThreadCpuClock;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.scale.PictureScaler;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decodes and scales the frames of chunks that travel as packets. Used by one thread. Chunks come one after another, and each ends with
 * {@link PendingPackets} without a batch, so there is one decoder at a time; a cancelled chunk's decoder is closed with the chunk's
 * next work.
 */
final class DecodeStage implements Stage.Handler<PendingPackets>, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(DecodeStage.class.getName());

    private final FrameDecoder.Factory decoders;
    private final PictureScaler scaler;
    private final Stage.Next<PendingFrame> next;
    private final Consumer<ChunkRun> publish;
    private @Nullable ChunkDecoder decoder;

    /**
     * @param next takes decoded frames; waits while it is full
     * @param publish takes chunks that have all their lines, and irregular ones; must not wait
     */
    DecodeStage(
            FrameDecoder.Factory decoders,
            PictureScaler scaler,
            Stage.Next<PendingFrame> next,
            Consumer<ChunkRun> publish) {
        this.decoders = decoders;
        this.scaler = scaler;
        this.next = next;
        this.publish = publish;
    }

    @Override
    public void handle(PendingPackets packets) throws InterruptedException {
        ChunkRun run = packets.run();
        long began = ThreadCpuClock.now();
        try {
            decode(run, packets.batch());
        } catch (IrregularChunkException e) {
            irregular(run, e.reason());
        } catch (RuntimeException e) {
            LOG.log(
                    System.Logger.Level.WARNING,
                    "job " + run.grant.getChunk().getJob() + ": decoding chunk "
                            + run.grant.getChunk().getIndex() + " failed; the job goes on by pixels",
                    e);
            irregular(run, "its packets cannot be decoded");
        } finally {
            run.statistics.decodeNanos.add(ThreadCpuClock.now() - began);
            if (packets.batch() == null || !run.isOpen()) {
                closeDecoder();
            }
        }
    }

    private void decode(ChunkRun run, @Nullable PacketBatch batch)
            throws IrregularChunkException, InterruptedException {
        if (!run.isOpen()) {
            return;
        }
        ChunkDecoder.FrameSink frames = frame -> next.accept(new PendingFrame(run, frame));
        if (batch == null) {
            if (decoder != null) {
                decoder.finish(frames);
            }
            if (run.decoded()) {
                publish.accept(run);
            }
            return;
        }
        if (batch.hasStream()) {
            closeDecoder();
            decoder = new ChunkDecoder(run.grant.getChunk(), batch.getStream(), decoders, scaler);
        }
        ChunkDecoder open = decoder;
        if (open == null) {
            throw new IrregularChunkException("a chunk does not begin with the parameters of its stream");
        }
        for (AccessUnit packet : batch.getUnitsList()) {
            if (run.isOpen()) {
                open.decode(packet, frames);
            }
        }
    }

    private void irregular(ChunkRun run, String reason) {
        if (run.irregular(reason)) {
            publish.accept(run);
        }
    }

    private void closeDecoder() {
        if (decoder != null) {
            decoder.close();
            decoder = null;
        }
    }

    /** Call this after the stage's thread has ended. */
    @Override
    public void close() {
        closeDecoder();
        scaler.close();
    }
}
