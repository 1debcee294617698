package io.framequota.media.decode;

import io.framequota.contract.frame.Projection;

/**
 * What a container says about its video. Containers can be wrong, so nothing here is a promise.
 *
 * @param width of the picture as displayed, in pixels
 * @param height of the picture as displayed, in pixels
 * @param expectedFrames frames in the whole source, 0 when unknown
 * @param durationMs 0 when unknown
 * @param fps average frames per second, 0 when unknown
 * @param codec name of the codec, such as {@code h264}
 * @param estimated whether {@code expectedFrames} is computed from duration and rate, not counted by the container
 * @param projection flat where the container states none, or one that is not supported
 * @param unsupported the 360° video that the container states and that is not supported, in words; else empty
 */
public record VideoInfo(
        int width,
        int height,
        long expectedFrames,
        double durationMs,
        double fps,
        String codec,
        boolean estimated,
        Projection projection,
        String unsupported) {
    /** Of a source that states nothing that is not supported. */
    public VideoInfo(
            int width,
            int height,
            long expectedFrames,
            double durationMs,
            double fps,
            String codec,
            boolean estimated,
            Projection projection) {
        this(width, height, expectedFrames, durationMs, fps, codec, estimated, projection, "");
    }

    /** Why the pictures cannot be used as the container describes them, one line with what to do; empty if they can. */
    public String refusal() {
        return unsupported.isEmpty()
                ? ""
                : "the source is a 360° video with " + unsupported
                        + ", which is not supported; give a video of one whole"
                        + " sphere, or --projection flat to use its pictures as they are";
    }
}
