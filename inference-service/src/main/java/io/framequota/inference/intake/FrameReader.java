package io.framequota.inference.intake;

import io.framequota.contract.control.Chunk;
import java.util.function.BooleanSupplier;

/** Reads the records of granted chunks. Used by one thread. */
public interface FrameReader extends AutoCloseable {
    /**
     * Reads a chunk's records from its first offset to its last, in the order of the partition. A record may appear twice.
     *
     * @param wanted asked between records; once it is false, reading stops and the method returns
     * @param sink takes each record; may block
     * @throws ChunkUnreadableException when the chunk cannot be read to its end
     * @throws InterruptedException when interrupted
     */
    void read(Chunk chunk, BooleanSupplier wanted, RecordSink sink)
            throws ChunkUnreadableException, InterruptedException;

    @Override
    void close();

    /** Takes what was read. */
    @FunctionalInterface
    interface RecordSink {
        void accept(IntakeRecord record) throws ChunkUnreadableException, InterruptedException;
    }
}
