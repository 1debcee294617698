package io.framequota.ingest.decode;

import java.nio.file.Path;

/** Opens files as videos. */
public interface VideoDecoder {
    /** Stands for the stream that a viewer would call the video. */
    int ANY_STREAM = -1;

    /**
     * Opens a file before its first frame, which may wait for memory.
     *
     * @param stream number of the stream as FFmpeg counts all of the file's, or {@link #ANY_STREAM}
     * @throws SourceException when it is missing, empty, not a video, without a picture or that stream, in a codec that is
     *     not decoded here, or beyond a limit
     * @throws java.util.concurrent.CancellationException when interrupted while waiting for memory
     */
    VideoReader open(Path video, int stream) throws SourceException;

    /** The same with {@link #ANY_STREAM}. */
    default VideoReader open(Path video) throws SourceException {
        return open(video, ANY_STREAM);
    }

    /**
     * What the container says of a video, without decoding a frame. For a platform thread.
     *
     * @throws SourceException as {@link #open}
     */
    default VideoInfo probe(Path video, int stream) throws SourceException {
        try (VideoReader reader = open(video, stream)) {
            return reader.probe();
        }
    }
}
