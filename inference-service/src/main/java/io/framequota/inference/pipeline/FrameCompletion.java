package io.framequota.inference.pipeline;

import io.framequota.contract.result.ResultLine;
import io.framequota.inference.frame.InferenceTask;
import io.framequota.inference.publish.DeadLetters;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;

/** Ends the processing of a frame with a line in its chunk's result. */
final class FrameCompletion {
    private static final System.Logger LOG = System.getLogger(FrameCompletion.class.getName());

    /** Dead letters of condemned chunks that the broker does not have yet: fewer than its channel accepts. */
    private static final int MOST_ON_THEIR_WAY = 64;

    private final DeadLetters deadLetters;
    private final Semaphore onTheirWay = new Semaphore(MOST_ON_THEIR_WAY);
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
        LOG.log(System.Logger.Level.WARNING, "frame {0} failed and becomes a dead letter: {1}", name(pending), cause);
        bury(pending, cause);
        complete(pending, InferenceTask.line(pending.frame().meta(), List.of(), cause));
    }

    /**
     * The same for a frame of a condemned chunk. Waits while too many dead letters are on their way, because a whole chunk's come at
     * once.
     */
    void condemn(PendingFrame pending) throws InterruptedException {
        String own = pending.frame().meta().error();
        String cause = own == null ? pending.run().grant.getCondemned() : own;
        onTheirWay.acquire();
        bury(pending, cause).whenComplete((_, _) -> onTheirWay.release());
        complete(pending, InferenceTask.line(pending.frame().meta(), List.of(), cause));
    }

    private CompletionStage<Void> bury(PendingFrame pending, String cause) {
        return deadLetters.put(pending.frame(), cause).whenComplete((_, failure) -> {
            if (failure != null) {
                LOG.log(
                        System.Logger.Level.WARNING,
                        "the dead letter of frame {0} was not sent: {1}",
                        name(pending),
                        failure.getMessage());
            }
        });
    }

    private static String name(PendingFrame pending) {
        return pending.frame().meta().job() + "/" + pending.frame().meta().index();
    }
}
