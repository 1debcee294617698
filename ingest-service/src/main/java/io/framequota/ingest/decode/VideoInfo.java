package io.framequota.ingest.decode;

/**
 * What a container says of its video before a frame is decoded. Containers err: nothing here is a promise.
 *
 * @param width of the picture as displayed, in pixels
 * @param height of the picture as displayed, in pixels
 * @param expectedFrames frames in the whole source, 0 when unknown
 * @param durationMs 0 when unknown
 * @param fps average frames per second, 0 when unknown
 * @param codec name of the codec, such as {@code h264}
 * @param estimated whether {@code expectedFrames} follows from duration and rate; else the container counts them
 */
public record VideoInfo(
        int width, int height, long expectedFrames, double durationMs, double fps, String codec, boolean estimated) {}
