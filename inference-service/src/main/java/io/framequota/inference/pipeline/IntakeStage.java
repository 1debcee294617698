package io.framequota.inference.pipeline;

import io.framequota.contract.control.Chunk;
import io.framequota.inference.intake.ChunkUnreadableException;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.intake.FrameReader;
import io.framequota.inference.model.ModelCatalog;
import io.framequota.inference.model.ModelCatalog.Lookup;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Looks up the model of a chunk and reads the chunk's frames. Used by one thread, which owns the reader. */
final class IntakeStage implements Stage.Handler<ChunkRun>, AutoCloseable {
    /** How long a chunk waits for an inference server that is away. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    /** How often a waiting chunk looks whether it was cancelled. */
    private static final Duration SLICE = Duration.ofMillis(200);

    /** Takes the frames that were read; waits while it is full. */
    @FunctionalInterface
    interface Next {
        void accept(PendingFrame frame) throws InterruptedException;
    }

    private final Supplier<FrameReader> connect;
    private final ModelCatalog models;
    private final InstantSource clock;
    private final Next next;
    private @Nullable FrameReader reader;

    /** @param connect creates the reader at the first chunk, which keeps the start of the worker short */
    IntakeStage(Supplier<FrameReader> connect, ModelCatalog models, InstantSource clock, Next next) {
        this.connect = connect;
        this.models = models;
        this.clock = clock;
        this.next = next;
    }

    @Override
    public void handle(ChunkRun run) throws InterruptedException {
        if (run.grant.getChunk().getFrames() < 1) {
            run.fail("the chunk has no frames", true);
        } else if (findModel(run)) {
            try {
                read(run);
            } catch (ChunkUnreadableException e) {
                run.fail(String.valueOf(e.getMessage()), e.permanent());
            }
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

    private void read(ChunkRun run) throws ChunkUnreadableException, InterruptedException {
        FrameReader source = reader;
        if (source == null) {
            source = connect.get();
            reader = source;
        }
        Chunk chunk = run.grant.getChunk();
        long began = System.nanoTime();
        long cpu = ThreadCpuClock.now();
        long[] blocked = {0};
        source.read(chunk, run::isOpen, frame -> {
            requireFrameOf(chunk, frame);
            if (run.admit(frame.meta(), nowUs())) {
                long asked = System.nanoTime();
                next.accept(new PendingFrame(run, frame));
                blocked[0] += System.nanoTime() - asked;
            }
        });
        long busy = ThreadCpuClock.now() - cpu;
        run.statistics.transportNanos.add(busy);
        run.statistics.waitingNanos.add(Math.max(0, System.nanoTime() - began - busy - blocked[0]));
        if (run.isOpen() && run.admitted() != chunk.getFrames()) {
            run.fail(
                    "frames are missing: offsets " + chunk.getFirstOffset() + " to " + chunk.getLastOffset()
                            + " of partition " + chunk.getPartition() + " hold " + run.admitted()
                            + " frames instead of "
                            + chunk.getFrames(),
                    false);
        }
    }

    private static void requireFrameOf(Chunk chunk, Frame frame) throws ChunkUnreadableException {
        if (!frame.meta().job().equals(chunk.getJob()) || frame.meta().chunk() != chunk.getIndex()) {
            throw new ChunkUnreadableException(
                    "frames of another chunk: within the chunk's offsets, partition " + chunk.getPartition()
                            + " holds frame " + frame.meta().index() + " of chunk "
                            + frame.meta().chunk() + " of job " + frame.meta().job(),
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
