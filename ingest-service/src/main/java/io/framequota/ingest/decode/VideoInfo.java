package io.framequota.ingest.decode;

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
 */
public record VideoInfo(
        int width, int height, long expectedFrames, double durationMs, double fps, String codec, boolean estimated) {}
