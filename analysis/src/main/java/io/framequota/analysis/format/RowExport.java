package io.framequota.analysis.format;

import io.framequota.analysis.result.ResultFrame;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Supplier;

/** Writes a text format that needs to know one frame at a time. */
final class RowExport implements ResultExport {
    /** Rows of a format. */
    interface Rows {
        /** The first line, or nothing. */
        default String header() {
            return "";
        }

        /** Appends the rows of one frame. */
        void append(StringBuilder out, SourceInfo source, ResultFrame frame) throws IOException;
    }

    private static final int BUFFER = 1 << 16;

    private final Rows rows;

    RowExport(Rows rows) {
        this.rows = rows;
    }

    @Override
    public void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        OutputStream buffered = new BufferedOutputStream(out, BUFFER);
        buffered.write(rows.header().getBytes(StandardCharsets.UTF_8));
        StringBuilder text = new StringBuilder();
        frames.each(
                frame -> {
                    rows.append(text, source.get(), frame);
                    buffered.write(text.toString().getBytes(StandardCharsets.UTF_8));
                    text.setLength(0);
                },
                buffered::flush);
        buffered.flush();
    }
}
