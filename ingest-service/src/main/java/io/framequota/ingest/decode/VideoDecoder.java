package io.framequota.ingest.decode;

import io.framequota.ingest.source.SourceException;
import java.nio.file.Path;

/** Opens files as videos. */
public interface VideoDecoder {
    /**
     * Opens a file before its first frame.
     *
     * @throws SourceException when it is missing, empty, not a video, without a picture, or in an unknown codec
     */
    VideoReader open(Path video) throws SourceException;
}
