package io.framequota.inference.intake;

import io.framequota.contract.control.Chunk;
import java.util.function.BooleanSupplier;

/** Reads the frames of granted chunks. Used by one thread. */
public interface FrameReader extends AutoCloseable {
    /**
     * Reads a chunk's records from its first offset to its last, in the order of the partition. A frame may appear twice.
     *
     * @param wanted asked between records; once it is false, reading stops and the method returns
     * @param sink takes each frame; may block
     * @throws ChunkUnreadableException when the chunk cannot be read to its end
     * @throws InterruptedException when interrupted
     */
    void read(Chunk chunk, BooleanSupplier wanted, FrameSink sink)
            throws ChunkUnreadableException, InterruptedException;

    @Override
    void close();

    /** Takes the frames that were read. */
    @FunctionalInterface
    interface FrameSink {
        void accept(Frame frame) throws ChunkUnreadableException, InterruptedException;
    }
}
