package io.framequota.inference.frame;

import io.framequota.contract.result.Detection;
import io.framequota.inference.postprocess.ViewMerge;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A frame that is inferred as one or more pictures: itself, or, if it is a 360° picture, views of it. Collects what is found in them. Safe
 * for use by several threads.
 *
 * @param <T> what the frame belongs to
 */
final class FrameParts<T extends InferenceTask> {
    private final T task;
    private final @Nullable ViewMerge merge;
    private final List<List<Detection>> found;
    private int missing;
    private boolean failed;

    /** @param merge joins what was found in the pictures; null when there is one picture */
    FrameParts(T task, int pictures, @Nullable ViewMerge merge) {
        this.task = task;
        this.merge = merge;
        missing = pictures;
        found = new ArrayList<>();
        for (int i = 0; i < pictures; i++) {
            found.add(List.of());
        }
    }

    T task() {
        return task;
    }

    /**
     * Records what was found in a picture.
     *
     * @return the frame's detections when this was the last picture, else null
     */
    synchronized @Nullable List<Detection> add(int picture, List<Detection> detections) {
        found.set(picture, detections);
        if (--missing > 0 || failed) {
            return null;
        }
        return merge == null ? detections : merge.merge(found);
    }

    /** Records that a picture failed; true when it is the frame's first. */
    synchronized boolean fail() {
        boolean first = !failed;
        failed = true;
        return first;
    }
}
