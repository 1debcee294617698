package io.framequota.inference.pipeline;

import io.framequota.inference.frame.FrameRequests;
import io.framequota.inference.frame.InferenceTask;
import java.util.List;
import java.util.function.Consumer;

/** Sends a chunk's frames to the inference server. */
final class PreprocessStage implements Stage.Handler<PendingFrame> {
    private final FrameRequests<ChunkFrame> sender;
    private final FrameCompletion completion;

    /** @param next takes answered frames, on a thread that must not wait */
    PreprocessStage(FrameRequests.Slots slots, FrameCompletion completion, Consumer<InferredFrame> next) {
        this.sender = new FrameRequests<>(slots, answer -> next.accept(new InferredFrame(answer)));
        this.completion = completion;
    }

    @Override
    public void handle(PendingFrame pending) throws InterruptedException {
        ChunkRun run = pending.run();
        if (!run.isOpen()) {
            return;
        }
        String error = pending.frame().meta().error();
        if (error != null) {
            completion.complete(pending, InferenceTask.line(pending.frame().meta(), List.of(), error));
        } else {
            sender.send(new ChunkFrame(pending, completion));
        }
        run.frameSent();
    }
}
