package io.framequota.scheduler.dispatch;

/**
 * The properties of a job's frames that affect their cost.
 *
 * @param width width of the image that the model computes on, in pixels; 0 if unknown
 * @param height height of the same image
 * @param transport how frames travel to workers, such as {@code raw} or {@code jpeg-95}; empty if unknown
 */
public record FrameFormat(int width, int height, String transport) {
    /** Nothing is known about the frames. */
    public static final FrameFormat UNKNOWN = new FrameFormat(0, 0, "");

    /** Pixels of one image; 0 if unknown. */
    public long pixels() {
        return (long) width * height;
    }
}
