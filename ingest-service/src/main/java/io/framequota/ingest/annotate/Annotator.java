package io.framequota.ingest.annotate;

import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.decode.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/** Draws detections on their video. */
public interface Annotator {
    /**
     * Decodes the video again and writes it as H.264 in MP4, with a box, class and score for each detection. Keeps the timing and,
     * rounded to even numbers, the size. Frames without a line are written without boxes. Blocks; call it on a platform thread.
     *
     * @param stream of the video in which the detections were found, or {@code VideoDecoder.ANY_STREAM}
     * @param lines in frame order, read one at a time
     * @param outMp4 exists and is complete when this returns, and does not exist when this throws
     * @throws SourceException when the video cannot be decoded
     * @throws IOException when the output cannot be written
     * @throws InterruptedException when the thread is interrupted
     */
    void render(Path video, int stream, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException;
}
