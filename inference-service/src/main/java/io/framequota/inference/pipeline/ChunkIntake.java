package io.framequota.inference.pipeline;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.Projection;
import io.framequota.inference.intake.ChunkUnreadableException;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.intake.IntakeRecord;
import io.framequota.inference.intake.PacketRecord;

/** Passes one chunk's records on, each once, and counts its frames. For the intake thread. */
final class ChunkIntake {
    private final ChunkRun run;
    private final Stage.Next<PendingFrame> toPreprocess;
    private final Stage.Next<PendingPackets> toDecode;
    private final Stage.Next<PendingFrame> toRefuse;
    private final boolean condemned;
    private int frames;
    private int packetRecords;
    private long blockedNanos;

    /** @param toRefuse takes the frames of a condemned chunk, which are neither decoded nor inferred */
    ChunkIntake(
            ChunkRun run,
            Stage.Next<PendingFrame> toPreprocess,
            Stage.Next<PendingPackets> toDecode,
            Stage.Next<PendingFrame> toRefuse) {
        this.run = run;
        this.toPreprocess = toPreprocess;
        this.toDecode = toDecode;
        this.toRefuse = toRefuse;
        this.condemned = run.isCondemned();
    }

    void accept(IntakeRecord record) throws ChunkUnreadableException, InterruptedException {
        switch (record) {
            case Frame frame -> {
                if (run.admit(frame.meta())) {
                    frames++;
                    pass(condemned ? toRefuse : toPreprocess, new PendingFrame(run, frame));
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
        if (packetRecords++ == 0 && !condemned) {
            run.decoding();
        }
        for (AccessUnit packet : packets.batch().getUnitsList()) {
            if (packet.getFrame() >= 0 && packet.getInfer()) {
                frames++;
                if (condemned) {
                    pass(toRefuse, new PendingFrame(run, undecoded(packets, packet)));
                }
            }
        }
        if (condemned) {
            return;
        }
        pass(toDecode, new PendingPackets(run, packets.batch()));
    }

    /** What is known of a frame without decoding it. */
    private static Frame undecoded(PacketRecord record, AccessUnit packet) {
        String file = packet.getFile();
        FrameMeta meta = new FrameMeta(
                record.job(),
                record.chunk(),
                packet.getFrame(),
                packet.getPtsMs(),
                0,
                0,
                3,
                Encoding.RAW,
                0,
                0,
                1,
                1,
                0,
                0,
                null,
                null,
                false,
                false,
                Projection.FLAT,
                file.isEmpty() ? null : file);
        return new Frame(meta, new byte[0]);
    }

    /** Ends the chunk: nothing of it follows. */
    void end() throws InterruptedException {
        if (packetRecords > 0 && !condemned) {
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
