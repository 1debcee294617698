package io.framequota.ingest.annotate;

import io.framequota.contract.result.ResultLine;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Iterator;

/** Draws results on the video they were found in. */
public interface Annotator {
    /**
     * Decodes the video again and writes it as H.264 in MP4, with a box, class and score for each detection. Size (made
     * even) and timing stay; frames without a line are kept as they are. Blocks; needs a platform thread.
     *
     * @param stream of the video that was inferred, or {@code VideoDecoder.ANY_STREAM}
     * @param lines in frame order; read as the video goes on, never held
     * @param outMp4 is complete when this returns, and not there when this throws
     * @throws SourceException when the video cannot be decoded
     * @throws IOException when the output cannot be written
     * @throws InterruptedException when the thread is interrupted
     */
    void render(Path video, int stream, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException;

    /** The same for the stream that a viewer would call the video. */
    default void render(Path video, Iterator<ResultLine> lines, Path outMp4)
            throws SourceException, IOException, InterruptedException {
        render(video, VideoDecoder.ANY_STREAM, lines, outMp4);
    }
}
