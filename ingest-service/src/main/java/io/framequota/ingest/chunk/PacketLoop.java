package io.framequota.ingest.chunk;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.PacketMeta;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.PacketCutter.IrregularPacketException;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.PacketReader;

/** One pass over a source whose frames travel as packets: reads the next packet, cuts chunks, and writes packets in batches. */
final class PacketLoop {
    /** Bytes of packets of one record; a larger packet has a record of its own. */
    static final int BATCH_BYTES = 128 * 1024;

    /** Expected of the first chunk. */
    private static final long FIRST_CHUNK_BYTES = 256 * 1024;

    /** What the fields beside a packet take in a record, at most. */
    private static final int PACKET_MARGIN = 256 * 1024;

    /** Packets may wait in each pass with so many bytes; more are taken from the memory that all passes share. */
    static final long FREE_BYTES = 256 * 1024;

    /** The memory that passes share has no room now. Nothing may be kept while waiting for it, neither packets nor a chunk. */
    static final class MemoryFullException extends Exception {
        private static final long serialVersionUID = 1L;

        private final long bytes;

        MemoryFullException(long bytes) {
            super("packets need memory");
            this.bytes = bytes;
        }

        /** Bytes to begin another pass with. */
        long bytes() {
            return bytes;
        }
    }

    private final ChunkingRequest request;
    private final PacketReader packets;
    private final PacketStream stream;
    private final String codec;
    private final ParameterSets sets;
    private final StageTimes times;
    private final ChunkSequence chunks;
    private final DecodeMemoryBudget.Share memory;
    private final PacketCutter<SourcePacket> cutter;
    private PacketBatch.Builder batch = PacketBatch.newBuilder();
    private long batchBytes;
    private int records;
    private long chunkBytes = FIRST_CHUNK_BYTES;

    /**
     * @param packets in front of its first packet; closed by the caller
     * @param stream what the decoder needs to know
     * @param chunks of the pass; closed by the caller
     * @param memory for packets that wait; closed by the caller
     */
    PacketLoop(
            ChunkingRequest request,
            PacketReader packets,
            PacketStream stream,
            ChunkSequence chunks,
            DecodeMemoryBudget.Share memory) {
        this.request = request;
        this.packets = packets;
        this.stream = stream;
        this.codec = stream.getCodec().getCodec();
        this.sets = new ParameterSets(codec, stream.getCodec().getExtradata());
        this.chunks = chunks;
        this.memory = memory;
        times = chunks.times();
        chunks.warningsFrom(packets::warnings);
        cutter = new PacketCutter<>(request.every(), request.limits(), request.groupFrames());
    }

    /**
     * Runs to the end of the source.
     *
     * @throws LeavePacketsException when a packet cannot be cut; all chunks before its chunk are recorded
     */
    ChunkingSummary run()
            throws LeavePacketsException, FramesRefusedException, ChunkLostException, MemoryFullException,
                    InterruptedException {
        try {
            while (readNext()) {
                SourcePacket packet = SourcePacket.of(packets, codec, sets);
                takeMemory(cutter.heldBytes() + packet.bytes());
                cutter.add(packet);
                write();
                chunks.recordAcknowledged();
            }
            cutter.end();
            write();
            checkFrames();
        } catch (IrregularPacketException e) {
            int chunk = request.firstUnknown(chunks.current());
            chunks.recordAll();
            throw new LeavePacketsException(chunk, String.valueOf(e.getMessage()));
        }
        endLast();
        chunks.recordAll();
        return chunks.summary(cutter.frames());
    }

    /** Packets wait for their frames' numbers, and with them for room and for a partition. */
    private void takeMemory(long bytes) throws MemoryFullException {
        // Powers of two: a pass begins again a few times at most.
        long wanted = Math.min(2 * Long.highestOneBit(bytes), PacketCutter.MAX_HELD_BYTES);
        if (bytes > FREE_BYTES && !memory.tryGrow(wanted)) {
            throw new MemoryFullException(wanted);
        }
    }

    private void write() throws InterruptedException, FramesRefusedException, ChunkLostException {
        for (PacketCutter.Step<SourcePacket> step = cutter.poll(); step != null; step = cutter.poll()) {
            if (step.packet() == null) {
                endChunk();
            } else {
                write(step.packet(), step.frame());
            }
        }
    }

    private boolean readNext() throws InterruptedException {
        chunks.checkWanted();
        times.start();
        boolean read = packets.next();
        times.decoded();
        return read;
    }

    private void checkFrames() throws IrregularPacketException {
        if (cutter.frames() == 0) {
            throw new IrregularPacketException("no packet shows a frame");
        }
        SourcePacket.checkReadErrors(packets);
    }

    /** A chunk without any frame to infer cannot be granted; there is no such chunk but the last. */
    private void endLast() throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress last = chunks.open();
        if (last != null && last.frames() == 0) {
            chunks.giveUp();
        } else {
            endChunk();
        }
    }

    private void write(SourcePacket packet, long frame)
            throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = chunks.openOrBegin(chunkBytes);
        AccessUnit.Builder unit = packet.unit().toBuilder().setFrame(frame);
        if (frame >= 0) {
            unit.setPtsMs(packet.pts() * packets.msPerTick()).setInfer(frame % request.every() == 0);
        }
        if (unit.getInfer()) {
            chunk.count(frame, unit.getPtsMs(), 0);
        }
        if (!chunk.isSkipped()) {
            append(unit.build(), chunk);
        }
    }

    private void append(AccessUnit unit, ChunkInProgress chunk) throws InterruptedException {
        if (batchBytes > 0 && batchBytes + unit.getSerializedSize() > BATCH_BYTES) {
            send(chunk);
        }
        batch.addUnits(unit);
        batchBytes += unit.getSerializedSize();
    }

    private void send(ChunkInProgress chunk) throws InterruptedException {
        if (records == 0) {
            batch.setStream(stream);
        }
        times.start();
        PacketMeta meta = new PacketMeta(request.job(), chunk.index(), records++);
        times.published(chunk.send(meta.toHeaders(), batch.build().toByteArray()));
        batch = PacketBatch.newBuilder();
        batchBytes = 0;
    }

    private void endChunk() throws InterruptedException, FramesRefusedException, ChunkLostException {
        ChunkInProgress chunk = chunks.open();
        if (chunk != null && !chunk.isSkipped()) {
            send(chunk);
            chunkBytes = chunk.recordBytes();
        }
        records = 0;
        chunks.end();
    }

    /** Most bytes of a packet, so that it fits into a record. */
    static int maxPacketBytes() {
        return FrameMeta.MAX_VALUE_BYTES - PACKET_MARGIN;
    }
}
