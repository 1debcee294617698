package io.framequota.inference.decode;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.Chunk;
import io.framequota.contract.control.PacketStream;
import io.framequota.inference.intake.Frame;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.SourceException;
import io.framequota.media.scale.PictureScaler;
import java.util.HashMap;
import java.util.Map;

/**
 * Decodes one chunk's packets to the frames that the pixel path would have written, and checks that they are exactly those that the
 * packets announce: each once, in order, at its time, undamaged and in the announced orientation. For one platform thread; owns
 * native memory until it is closed.
 */
public final class ChunkDecoder implements AutoCloseable {
    /** Takes decoded frames. */
    @FunctionalInterface
    public interface FrameSink {
        void accept(Frame frame) throws InterruptedException;
    }

    /** A packet whose picture the decoder has not given yet. */
    private record Awaited(long frame, double ptsMs, boolean infer, String file) {}

    private final Orientation orientation;
    private final FrameScaler scaler;
    private final FrameDecoder decoder;
    /** By time in ticks. */
    private final Map<Long, Awaited> awaited = new HashMap<>();

    private boolean begun;
    private long nextFrame;
    private long announced;
    private long given;

    /**
     * Opens a decoder; may wait for memory.
     *
     * @param scaler used by the calling thread, which closes it
     * @throws IrregularChunkException when the stream cannot be decoded here
     */
    public ChunkDecoder(Chunk chunk, PacketStream stream, FrameDecoder.Factory decoders, PictureScaler scaler)
            throws IrregularChunkException {
        this.scaler = new FrameScaler(chunk.getJob(), chunk.getIndex(), stream, scaler);
        orientation = new Orientation(stream.getMirrored(), stream.getQuarters());
        try {
            decoder = decoders.decoder(stream.getCodec(), "the source");
        } catch (SourceException e) {
            throw new IrregularChunkException(String.valueOf(e.getMessage()));
        }
    }

    /** Decodes the next packet and passes on the frames that are complete with it. */
    public void decode(AccessUnit packet, FrameSink sink) throws IrregularChunkException, InterruptedException {
        begin(packet);
        announce(packet);
        try {
            decoder.send(packet);
        } catch (SourceException e) {
            throw new IrregularChunkException(String.valueOf(e.getMessage()));
        }
        takeFrames(sink);
    }

    /** Passes on the last frames, behind the last packet. */
    public void finish(FrameSink sink) throws IrregularChunkException, InterruptedException {
        decoder.drain();
        takeFrames(sink);
        if (given != announced) {
            throw new IrregularChunkException(
                    "the decoder gives " + given + " of the " + announced + " frames of a chunk");
        }
    }

    private void begin(AccessUnit packet) throws IrregularChunkException {
        if (!begun) {
            if (!packet.getKey()) {
                throw new IrregularChunkException("a chunk does not begin with a key frame");
            }
            begun = true;
        }
    }

    private void announce(AccessUnit packet) throws IrregularChunkException {
        long pts = packet.getPts();
        Awaited frame = new Awaited(packet.getFrame(), packet.getPtsMs(), packet.getInfer(), packet.getFile());
        if (frame.frame() >= 0) {
            Awaited other = pts == FrameDecoder.NO_TIME ? frame : awaited.put(pts, frame);
            if (other != null && other.frame() >= 0) {
                throw new IrregularChunkException("a packet has no time of its own");
            }
            announced++;
        } else if (pts != FrameDecoder.NO_TIME && !packet.getDiscard()) {
            awaited.putIfAbsent(pts, frame);
        }
    }

    private void takeFrames(FrameSink sink) throws IrregularChunkException, InterruptedException {
        while (decoder.next()) {
            Awaited frame = awaited.remove(decoder.pts());
            if (frame == null) {
                throw new IrregularChunkException("the decoder gives a frame at a time that no packet has");
            }
            // Pictures of the neighbouring chunks are only decoded for those that refer to them.
            if (frame.frame() >= 0) {
                check(frame);
                nextFrame++;
                given++;
                if (frame.infer()) {
                    sink.accept(scaled(frame));
                }
            }
        }
        if (decoder.brokenPackets() > 0) {
            throw new IrregularChunkException("a packet near frame " + nextFrame + " cannot be decoded");
        }
    }

    private void check(Awaited frame) throws IrregularChunkException {
        if (given == 0) {
            // The key frame's own, unless an edit list hides that.
            nextFrame = frame.frame();
        }
        if (frame.frame() != nextFrame) {
            throw new IrregularChunkException(
                    "the decoder gives frame " + frame.frame() + " in the place of frame " + nextFrame);
        }
        if (decoder.damaged()) {
            throw new IrregularChunkException("frame " + frame.frame() + " is damaged");
        }
        if (!decoder.orientation().equals(orientation)) {
            throw new IrregularChunkException(
                    "frame " + frame.frame() + " has another orientation than the first frame");
        }
    }

    private Frame scaled(Awaited frame) throws IrregularChunkException {
        try {
            return scaler.frame(decoder, frame.frame(), frame.ptsMs(), false, frame.file());
        } catch (IllegalArgumentException e) {
            throw new IrregularChunkException(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public void close() {
        decoder.close();
    }
}
