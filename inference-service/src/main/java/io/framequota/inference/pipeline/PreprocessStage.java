package io.framequota.inference.pipeline;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.preprocess.Preprocessor;
import io.framequota.inference.triton.Slot;
import io.framequota.inference.triton.TritonServer;
import java.util.function.Consumer;

/** Writes a frame into a slot of the inference server and sends it. */
final class PreprocessStage implements Stage.Handler<PendingFrame> {
    private final TritonServer server;
    private final FrameCompletion completion;
    private final Consumer<InferredFrame> next;
    /** A preprocessor keeps buffers, so each thread has its own. */
    private final ThreadLocal<Preprocessor> preprocessor = ThreadLocal.withInitial(Preprocessor::new);

    /** @param next takes answered frames, on a thread that must not wait */
    PreprocessStage(TritonServer server, FrameCompletion completion, Consumer<InferredFrame> next) {
        this.server = server;
        this.completion = completion;
        this.next = next;
    }

    @Override
    public void handle(PendingFrame pending) throws InterruptedException {
        ChunkRun run = pending.run();
        if (!run.isOpen()) {
            return;
        }
        FrameMeta frame = pending.frame().meta();
        String error = frame.error();
        if (error != null) {
            completion.complete(pending, pending.failed(error));
        } else {
            try {
                send(pending, preprocessor.get().inputSize(run.model(), frame));
            } catch (IllegalArgumentException e) {
                completion.fail(pending, String.valueOf(e.getMessage()));
            }
        }
        run.frameSent();
    }

    private void send(PendingFrame pending, InputSize size) throws InterruptedException {
        ChunkRun run = pending.run();
        ModelSpec model = run.model();
        Slot slot = server.take(model, model.input().bytes(size.height(), size.width()));
        boolean sent = false;
        try {
            long began = ThreadCpuClock.now();
            preprocessor
                    .get()
                    .write(model, pending.frame().meta(), size, pending.frame().pixels(), slot.input());
            long written = ThreadCpuClock.now();
            run.statistics.preprocessNanos.add(written - began);
            run.statistics.transport(slot.transport());
            long[] shape = model.input().shape(size.height(), size.width());
            slot.send(shape, result -> next.accept(new InferredFrame(pending, size, slot, result)));
            sent = true;
            run.statistics.transportNanos.add(ThreadCpuClock.now() - written);
        } finally {
            if (!sent) {
                slot.release();
            }
        }
    }
}
