package io.framequota.inference.intake;

import io.framequota.contract.control.Chunk;
import java.util.function.BooleanSupplier;

/** Reads the frames of granted chunks. Used by one thread. */
public interface FrameReader extends AutoCloseable {
    /**
     * Reads a chunk's records from its first offset to its last, in order, as they lie there: a frame may come twice.
     *
     * @param wanted asked between records; once false, reading stops and the method returns
     * @param sink takes each frame and may block
     * @throws ChunkUnreadableException when the chunk cannot be read to its end
     * @throws InterruptedException when interrupted
     */
    void read(Chunk chunk, BooleanSupplier wanted, FrameSink sink)
            throws ChunkUnreadableException, InterruptedException;

    @Override
    void close();

    /** Takes what is read. */
    @FunctionalInterface
    interface FrameSink {
        void accept(Frame frame) throws ChunkUnreadableException, InterruptedException;
    }
}
