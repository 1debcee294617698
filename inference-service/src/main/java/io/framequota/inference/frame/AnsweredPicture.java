package io.framequota.inference.frame;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.triton.InferenceResult;
import io.framequota.inference.triton.Slot;

/**
 * The server's answer to one of a frame's pictures, for {@link AnswerReader}.
 *
 * @param <T> what the frame belongs to
 */
public final class AnsweredPicture<T extends InferenceTask> {
    final FrameParts<T> parts;
    /** Which of the frame's pictures. */
    final int picture;

    final FrameMeta meta;
    final InputSize size;
    final Slot slot;
    final InferenceResult result;

    AnsweredPicture(
            FrameParts<T> parts, int picture, FrameMeta meta, InputSize size, Slot slot, InferenceResult result) {
        this.parts = parts;
        this.picture = picture;
        this.meta = meta;
        this.size = size;
        this.slot = slot;
        this.result = result;
    }

    /** The frame's task. */
    public T task() {
        return parts.task();
    }
}
