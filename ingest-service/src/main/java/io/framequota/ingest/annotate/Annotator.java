package io.framequota.ingest.annotate;

import io.framequota.contract.result.ResultLine;
import io.framequota.media.decode.SourceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/** Draws detections on their video. */
public interface Annotator {
    /**
     * Decodes the source again and writes it as H.264 in MP4, with a box, class and score for each detection. Keeps the timing and,
     * rounded to even numbers, the size of the first picture; pictures of other shapes are fitted in. A frame without a line, such as
     * one that was not inferred, has the boxes of the line before. In place of a picture that cannot be read, the reason is shown.
     * Blocks; call it on a platform thread.
     *
     * @param lines in frame order, read one at a time
     * @param outMp4 exists and is complete when this returns, and does not exist when this throws
     * @throws SourceException when the video cannot be decoded
     * @throws IOException when the output cannot be written
     * @throws InterruptedException when the thread is interrupted
     */
    void render(Drawing drawing, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException;

    /**
     * Draws detections on the first picture of a source, and writes it as JPEG in the size of the picture.
     *
     * @param lines of which the first is the picture's
     * @param outJpeg exists and is complete when this returns
     * @throws SourceException when the picture cannot be decoded
     * @throws IOException when the output cannot be written
     */
    void renderPicture(Drawing drawing, Iterator<ResultLine> lines, Path outJpeg) throws SourceException, IOException;
}
