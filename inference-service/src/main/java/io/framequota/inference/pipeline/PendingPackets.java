package io.framequota.inference.pipeline;

import io.framequota.contract.control.PacketBatch;
import org.jspecify.annotations.Nullable;

/**
 * Packets of a chunk that wait to be decoded.
 *
 * @param batch null behind the chunk's last packets, or when the chunk is read no further
 */
record PendingPackets(ChunkRun run, @Nullable PacketBatch batch) implements Stage.Work {
    long bytes() {
        return batch == null ? 0 : batch.getSerializedSize();
    }
}
