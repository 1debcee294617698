package io.framequota.media.decode;

import java.nio.file.Path;

/** Opens files as videos. Safe for use by many threads. */
public interface VideoDecoder {
    /** Chooses the stream that a viewer would call the video. */
    int ANY_STREAM = -1;

    /**
     * Opens a file in front of its first frame; may wait for memory.
     *
     * @param stream number of the stream, as FFmpeg numbers all streams of the file, or {@link #ANY_STREAM}
     * @throws SourceException when the file is missing, empty, no video, without a picture or that stream, in a codec that is not
     *     decoded here, or beyond a limit
     * @throws java.util.concurrent.CancellationException when interrupted while waiting for memory
     */
    VideoReader open(Path video, int stream) throws SourceException;

    /** The same with {@link #ANY_STREAM}. */
    default VideoReader open(Path video) throws SourceException {
        return open(video, ANY_STREAM);
    }

    /**
     * Reads what the container says about its video. Call it on a platform thread.
     *
     * @throws SourceException as {@link #open}
     */
    default VideoInfo probe(Path video, int stream) throws SourceException {
        try (VideoReader reader = open(video, stream)) {
            return reader.info();
        }
    }
}
