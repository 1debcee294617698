package io.framequota.analysis.format;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.result.ResultFrame;
import java.io.IOException;

/** The frames of a result, in its order. They can be read more than once, and are the same each time. */
public interface ResultFrames {
    /** Takes one frame. */
    @FunctionalInterface
    interface Sink {
        void frame(ResultFrame frame) throws IOException;

        /** Takes a line that is about no frame, such as a gap of a live stream, in its place between frames. */
        default void other(ObjectNode line) throws IOException {
            // Formats of other programs have no place for it.
        }
    }

    /** Called when the next frame is not there yet: what was written so far should reach its reader. */
    @FunctionalInterface
    interface Pause {
        void reached() throws IOException;
    }

    void each(Sink sink, Pause pause) throws IOException, InterruptedException;
}
