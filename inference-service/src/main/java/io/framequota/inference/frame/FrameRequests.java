package io.framequota.inference.frame;

import io.framequota.contract.frame.Projection;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.preprocess.Preprocessor;
import io.framequota.inference.triton.Slot;
import java.util.function.Consumer;

/**
 * Writes a frame, or the views of a 360° frame, into slots of the inference server and sends them. Safe for use by several threads.
 *
 * @param <T> what the frames belong to
 */
public final class FrameRequests<T extends InferenceTask> {
    /** Where slots come from. */
    @FunctionalInterface
    public interface Slots {
        /** Takes room for one picture, waiting until a slot is free. */
        Slot take(ModelSpec model, long inputBytes) throws InterruptedException;
    }

    private final Slots slots;
    private final Consumer<AnsweredPicture<T>> answers;
    /** A preprocessor keeps buffers, so each thread has its own. */
    private final ThreadLocal<Preprocessor> preprocessor = ThreadLocal.withInitial(Preprocessor::new);

    /** @param answers takes answered pictures, on a thread that must not wait */
    public FrameRequests(Slots slots, Consumer<AnsweredPicture<T>> answers) {
        this.slots = slots;
        this.answers = answers;
    }

    /** Sends a frame; waits until slots are free. A frame that does not fit the model is refused. */
    public void send(T task) throws InterruptedException {
        try {
            if (task.frame().meta().projection() == Projection.FLAT) {
                send(new FrameParts<>(task, 1, null), 0, task.frame());
            } else {
                sendViews(task);
            }
        } catch (IllegalArgumentException e) {
            task.refused(String.valueOf(e.getMessage()));
        }
    }

    private void sendViews(T task) throws InterruptedException {
        long began = ThreadCpuClock.now();
        FrameViews views = FrameViews.of(task.model(), task.frame(), preprocessor.get());
        task.cost().preprocessNanos.add(ThreadCpuClock.now() - began);
        FrameParts<T> parts = new FrameParts<>(task, views.count(), views.merge());
        for (int i = 0; i < views.count() && task.wanted(); i++) {
            long beganView = ThreadCpuClock.now();
            Frame view = views.render(i);
            task.cost().preprocessNanos.add(ThreadCpuClock.now() - beganView);
            send(parts, i, view);
        }
    }

    private void send(FrameParts<T> parts, int picture, Frame frame) throws InterruptedException {
        T task = parts.task();
        ModelSpec model = task.model();
        InputSize size = preprocessor.get().inputSize(model, frame.meta());
        Slot slot = slots.take(model, model.input().bytes(size.height(), size.width()));
        boolean sent = false;
        try {
            long began = ThreadCpuClock.now();
            preprocessor.get().write(model, frame.meta(), size, frame.pixels(), slot.input());
            long written = ThreadCpuClock.now();
            task.cost().preprocessNanos.add(written - began);
            task.cost().transport(slot.transport());
            long[] shape = model.input().shape(size.height(), size.width());
            sent = slot.send(
                    shape,
                    task.job(),
                    task::wanted,
                    result -> answers.accept(new AnsweredPicture<>(parts, picture, frame.meta(), size, slot, result)));
            task.cost().transportNanos.add(ThreadCpuClock.now() - written);
        } finally {
            if (!sent) {
                slot.release();
            }
        }
    }
}
