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

/** Intake: looks up a chunk's model and reads its frames. On one thread, which owns the reader. */
final class IntakeStage implements Stage.Handler<ChunkRun>, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final Duration SLICE = Duration.ofMillis(200);

    /** Takes frames on, waiting while it is full. */
    @FunctionalInterface
    interface Next {
        void accept(PendingFrame work) throws InterruptedException;
    }

    private final Supplier<FrameReader> connect;
    private final ModelCatalog models;
    private final InstantSource clock;
    private final Next next;
    private @Nullable FrameReader reader;

    /** @param connect makes the reader when the first chunk comes, which keeps the start of the worker short */
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
        while (run.wanted()) {
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
        source.read(chunk, run::wanted, frame -> {
            check(chunk, frame);
            if (run.admit(frame.meta(), nowUs())) {
                long asked = System.nanoTime();
                next.accept(new PendingFrame(run, frame));
                blocked[0] += System.nanoTime() - asked;
            }
        });
        long busy = ThreadCpuClock.now() - cpu;
        run.tally.transport.add(busy);
        run.tally.waiting.add(Math.max(0, System.nanoTime() - began - busy - blocked[0]));
        if (run.wanted() && run.admitted() != chunk.getFrames()) {
            run.fail(
                    "frames missing: offsets " + chunk.getFirstOffset() + " to " + chunk.getLastOffset()
                            + " of partition " + chunk.getPartition() + " hold " + run.admitted() + " frames, not "
                            + chunk.getFrames(),
                    false);
        }
    }

    private static void check(Chunk chunk, Frame frame) throws ChunkUnreadableException {
        if (!frame.meta().job().equals(chunk.getJob()) || frame.meta().chunk() != chunk.getIndex()) {
            throw new ChunkUnreadableException(
                    "other frames: partition " + chunk.getPartition() + " holds frame "
                            + frame.meta().index() + " of chunk " + frame.meta().chunk() + " of job "
                            + frame.meta().job() + " among the chunk's offsets",
                    false);
        }
    }

    private long nowUs() {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }

    /** After the stage's thread has ended. */
    @Override
    public void close() {
        if (reader != null) {
            reader.close();
        }
    }
}
