package io.framequota.scheduler.dispatch;

/**
 * What a job's frames are like as far as their cost depends on it.
 *
 * @param width of the picture that the model computes on, in pixels, 0 when unknown
 * @param height of the same
 * @param transport how frames travel to workers, such as {@code raw} or {@code jpeg-95}; empty when unknown
 */
public record FrameKind(int width, int height, String transport) {
    /** Nothing is known. */
    public static final FrameKind UNKNOWN = new FrameKind(0, 0, "");

    /** Pixels of one picture. */
    public long pixels() {
        return (long) width * height;
    }
}
