package io.framequota.inference.pipeline;

import io.framequota.contract.control.AccessUnit;
import io.framequota.inference.intake.ChunkUnreadableException;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.intake.IntakeRecord;
import io.framequota.inference.intake.PacketRecord;

/** Passes one chunk's records on, each once, and counts its frames. For the intake thread. */
final class ChunkIntake {
    private final ChunkRun run;
    private final Stage.Next<PendingFrame> toPreprocess;
    private final Stage.Next<PendingPackets> toDecode;
    private int frames;
    private int packetRecords;
    private long blockedNanos;

    ChunkIntake(ChunkRun run, Stage.Next<PendingFrame> toPreprocess, Stage.Next<PendingPackets> toDecode) {
        this.run = run;
        this.toPreprocess = toPreprocess;
        this.toDecode = toDecode;
    }

    void accept(IntakeRecord record) throws ChunkUnreadableException, InterruptedException {
        switch (record) {
            case Frame frame -> {
                if (run.admit(frame.meta())) {
                    frames++;
                    pass(toPreprocess, new PendingFrame(run, frame));
                }
            }
            case PacketRecord packets -> accept(packets);
        }
    }

    private void accept(PacketRecord packets) throws ChunkUnreadableException, InterruptedException {
        int sequence = packets.meta().sequence();
        if (sequence < packetRecords) {
            return;
        }
        if (sequence > packetRecords) {
            throw new ChunkUnreadableException(
                    "record " + packetRecords + " of chunk " + packets.chunk() + " is missing", false);
        }
        if (packetRecords++ == 0) {
            run.decoding();
        }
        for (AccessUnit packet : packets.batch().getUnitsList()) {
            frames += packet.getFrame() >= 0 && packet.getInfer() ? 1 : 0;
        }
        pass(toDecode, new PendingPackets(run, packets.batch()));
    }

    /** Ends the chunk: nothing of it follows. */
    void end() throws InterruptedException {
        if (packetRecords > 0) {
            pass(toDecode, new PendingPackets(run, null));
        }
    }

    private <T> void pass(Stage.Next<T> next, T work) throws InterruptedException {
        long asked = System.nanoTime();
        next.accept(work);
        blockedNanos += System.nanoTime() - asked;
    }

    /** Frames to infer so far. */
    int frames() {
        return frames;
    }

    /** Time spent waiting for the next stage. */
    long blockedNanos() {
        return blockedNanos;
    }
}
