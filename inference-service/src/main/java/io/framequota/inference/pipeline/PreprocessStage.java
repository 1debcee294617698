package io.framequota.inference.pipeline;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.preprocess.Preprocessor;
import io.framequota.inference.triton.InferenceServer;
import io.framequota.inference.triton.Slot;
import java.util.function.Consumer;

/** Preprocess and send: writes a frame into a slot and has the server infer it. */
final class PreprocessStage implements Stage.Handler<PendingFrame> {
    private final InferenceServer server;
    private final FrameCompletion ends;
    private final Consumer<InferredFrame> next;
    /** Keeps buffers, so each of the stage's threads has its own. */
    private final ThreadLocal<Preprocessor> preprocessor = ThreadLocal.withInitial(Preprocessor::new);

    /** @param next called on a thread that must not wait */
    PreprocessStage(InferenceServer server, FrameCompletion ends, Consumer<InferredFrame> next) {
        this.server = server;
        this.ends = ends;
        this.next = next;
    }

    @Override
    public void handle(PendingFrame work) throws InterruptedException {
        ChunkRun run = work.run();
        if (!run.wanted()) {
            return;
        }
        FrameMeta frame = work.frame().meta();
        String error = frame.error();
        if (error != null) {
            ends.line(work, work.failed(error));
        } else {
            try {
                send(work, preprocessor.get().picture(run.model(), frame));
            } catch (IllegalArgumentException e) {
                ends.bury(work, String.valueOf(e.getMessage()));
            }
        }
        run.handedOver();
    }

    private void send(PendingFrame work, InputSize picture) throws InterruptedException {
        ChunkRun run = work.run();
        ModelSpec model = run.model();
        FrameMeta frame = work.frame().meta();
        Slot slot = server.take(model, model.input().bytes(picture.height(), picture.width()));
        boolean sent = false;
        try {
            long began = ThreadCpuClock.now();
            preprocessor.get().write(model, frame, picture, work.frame().pixels(), slot.input());
            long written = ThreadCpuClock.now();
            run.tally.preprocess.add(written - began);
            run.tally.transportName(slot.transport());
            long[] shape = model.input().shape(picture.height(), picture.width());
            slot.send(shape, inference -> next.accept(new InferredFrame(work, picture, slot, inference)));
            sent = true;
            run.tally.transport.add(ThreadCpuClock.now() - written);
        } finally {
            if (!sent) {
                slot.release();
            }
        }
    }
}
