package io.framequota.inference.pipeline;

import io.framequota.contract.result.ResultLine;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.publish.DeadLetters;
import java.util.List;
import java.util.function.Consumer;

/** Ends the processing of a frame with a line in its chunk's result. */
final class FrameCompletion {
    private static final System.Logger LOG = System.getLogger(FrameCompletion.class.getName());

    private final DeadLetters deadLetters;
    private final Consumer<ChunkRun> whenChunkComplete;

    /** @param whenChunkComplete takes a chunk that has all its lines; must not wait */
    FrameCompletion(DeadLetters deadLetters, Consumer<ChunkRun> whenChunkComplete) {
        this.deadLetters = deadLetters;
        this.whenChunkComplete = whenChunkComplete;
    }

    void complete(PendingFrame pending, ResultLine line) {
        if (pending.run().add(pending.frame().meta(), line)) {
            whenChunkComplete.accept(pending.run());
        }
    }

    /** Ends a frame that failed for good: it goes to the dead letters, and its line names the cause. */
    void fail(PendingFrame pending, String cause) {
        String name =
                pending.frame().meta().job() + "/" + pending.frame().meta().index();
        LOG.log(System.Logger.Level.WARNING, "frame {0} failed and becomes a dead letter: {1}", name, cause);
        deadLetters.put(pending.frame(), cause).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the dead letter of frame {0} was not sent: {1}",
                        name,
                        failure.getMessage());
            }
        });
        complete(pending, InferenceTask.line(pending.frame().meta(), List.of(), cause));
    }
}
