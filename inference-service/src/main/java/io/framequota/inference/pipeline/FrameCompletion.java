package io.framequota.inference.pipeline;

import io.framequota.contract.result.ResultLine;
import io.framequota.inference.publish.DeadLetters;
import java.util.function.Consumer;

/** How a frame's way ends: with a line of its chunk's result. */
final class FrameCompletion {
    private static final System.Logger LOG = System.getLogger(FrameCompletion.class.getName());

    private final DeadLetters deadLetters;
    private final Consumer<ChunkRun> whenComplete;

    /** @param whenComplete takes a chunk all of whose lines are there; must not wait */
    FrameCompletion(DeadLetters deadLetters, Consumer<ChunkRun> whenComplete) {
        this.deadLetters = deadLetters;
        this.whenComplete = whenComplete;
    }

    void line(PendingFrame work, ResultLine line) {
        if (work.run().line(work.frame().meta(), line)) {
            whenComplete.accept(work.run());
        }
    }

    /** The frame failed for good: it goes to the dead letters, and its line says so. */
    void bury(PendingFrame work, String cause) {
        String name = work.frame().meta().job() + "/" + work.frame().meta().index();
        LOG.log(System.Logger.Level.WARNING, "frame {0} failed: {1}", name, cause);
        deadLetters.put(work.frame(), cause).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.log(System.Logger.Level.WARNING, "no dead letter for {0}: {1}", name, failure.getMessage());
            }
        });
        line(work, work.failed(cause));
    }
}
