package io.framequota.inference.pipeline;

import io.framequota.contract.control.Chunk;
import io.framequota.inference.frame.ThreadCpuClock;
import io.framequota.inference.intake.ChunkUnreadableException;
import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.intake.IntakeRecord;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelCatalog.Lookup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks up the model of a chunk and reads the chunk's records. Used by one thread, which owns the reader. */
final class IntakeStage implements Stage.Handler<ChunkRun>, AutoCloseable {
    /** How long a chunk waits for an inference server that is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How often a waiting chunk looks whether it was cancelled. */
    private static final Duration SLICE = Duration.ofMillis(200);

    private final Supplier<FrameReader> connect;
    private final ModelCatalog models;
    private final InstantSource clock;
    private final Stage.Next<PendingFrame> frames;
    private final Stage.Next<PendingPackets> packets;
    private final Stage.Next<PendingFrame> refused;
    private @Nullable FrameReader reader;

    /**
     * @param connect creates the reader at the first chunk, which keeps the start of the worker short
     * @param frames takes frames that were read
     * @param packets takes packets that were read, and work without a batch behind a chunk's last packets
     * @param refused takes frames of a condemned chunk
     */
    IntakeStage(
            Supplier<FrameReader> connect,
            ModelCatalog models,
            InstantSource clock,
            Stage.Next<PendingFrame> frames,
            Stage.Next<PendingPackets> packets,
            Stage.Next<PendingFrame> refused) {
        this.connect = connect;
        this.models = models;
        this.clock = clock;
        this.frames = frames;
        this.packets = packets;
        this.refused = refused;
    }

    @Override
    public void handle(ChunkRun run) throws InterruptedException {
        if (run.grant.getChunk().getFrames() < 1) {
            run.fail("the chunk has no frames", true);
        } else if (run.isCondemned() || findModel(run)) {
            read(run);
        }
    }

    private boolean findModel(ChunkRun run) throws InterruptedException {
        String name = run.grant.getModel();
        long until = System.nanoTime() + PATIENCE.toNanos();
        while (run.isOpen()) {
            switch (models.find(name, SLICE)) {
                case Lookup.Found found -> {
                    run.model(found.model());
                    return true;
                }
                case Lookup.Unusable unusable -> {
                    run.fail(unusable.cause(), true);
                    return false;
                }
                case Lookup.Away away -> {
                    if (System.nanoTime() > until) {
                        run.fail(away.cause(), false);
                        return false;
                    }
                }
            }
        }
        return false;
    }

    private void read(ChunkRun run) throws InterruptedException {
        FrameReader source = reader;
        if (source == null) {
            source = connect.get();
            reader = source;
        }
        Chunk chunk = run.grant.getChunk();
        long began = System.nanoTime();
        long cpu = ThreadCpuClock.now();
        ChunkIntake intake = new ChunkIntake(run, frames, packets, refused);
        try {
            source.read(chunk, run::isOpen, record -> {
                requireRecordOf(chunk, record);
                run.begin(nowUs());
                intake.accept(record);
            });
            requireFrames(run, intake.frames());
        } catch (ChunkUnreadableException e) {
            // In front of the end, behind which decode takes missing packets for an irregular chunk.
            run.fail(String.valueOf(e.getMessage()), e.permanent());
        }
        intake.end();
        long busy = ThreadCpuClock.now() - cpu;
        run.statistics.transportNanos.add(busy);
        run.statistics.waitingNanos.add(Math.max(0, System.nanoTime() - began - busy - intake.blockedNanos()));
    }

    private static void requireFrames(ChunkRun run, int frames) throws ChunkUnreadableException {
        Chunk chunk = run.grant.getChunk();
        if (run.isOpen() && frames != chunk.getFrames()) {
            throw new ChunkUnreadableException(
                    "frames are missing: offsets " + chunk.getFirstOffset() + " to " + chunk.getLastOffset()
                            + " of partition " + chunk.getPartition() + " hold " + frames + " frames instead of "
                            + chunk.getFrames(),
                    false);
        }
    }

    private static void requireRecordOf(Chunk chunk, IntakeRecord record) throws ChunkUnreadableException {
        if (!record.job().equals(chunk.getJob()) || record.chunk() != chunk.getIndex()) {
            throw new ChunkUnreadableException(
                    "frames of another chunk: within the chunk's offsets, partition " + chunk.getPartition()
                            + " holds a record of chunk " + record.chunk() + " of job " + record.job(),
                    false);
        }
    }

    private long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    /** Call this after the stage's thread has ended. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
