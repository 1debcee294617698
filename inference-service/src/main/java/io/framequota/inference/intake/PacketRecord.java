package io.framequota.inference.intake;

import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.frame.PacketMeta;

/** Packets as they were read. */
public record PacketRecord(PacketMeta meta, PacketBatch batch) implements IntakeRecord {
    @Override
    public String job() {
        return meta.job();
    }

    @Override
    public int chunk() {
        return meta.chunk();
    }
}
