package io.framequota.ingest.results;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.result.ResultFrame;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.GZIPOutputStream;

/** Writes frames as JSON lines: plain, or as gzip members of some hundred lines, so that readers can keep what is complete. */
final class LineStream implements ResultFrames.Sink {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MEMBER_LINES = 500;
    private static final int MEMBER_BYTES = 1 << 20;

    private final OutputStream out;
    private final boolean compressed;
    private final ByteArrayOutputStream lines = new ByteArrayOutputStream();
    private int count;
    private boolean any;

    /** @param out not closed */
    LineStream(OutputStream out, boolean compressed) {
        this.out = out;
        this.compressed = compressed;
    }

    void write(ResultFrames frames) throws IOException, InterruptedException {
        frames.each(this, () -> {
            endMember();
            out.flush();
        });
        endMember();
        if (compressed && !any) {
            out.write(MemberStream.emptyMember());
        }
    }

    @Override
    public void frame(ResultFrame frame) throws IOException {
        other(frame.json());
    }

    @Override
    public void other(ObjectNode line) throws IOException {
        lines.write(JSON.writeValueAsBytes(line));
        lines.write('\n');
        if (++count == MEMBER_LINES || lines.size() >= MEMBER_BYTES) {
            endMember();
        }
    }

    private void endMember() throws IOException {
        if (count == 0) {
            return;
        }
        if (compressed) {
            ByteArrayOutputStream member = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(member)) {
                lines.writeTo(gzip);
            }
            member.writeTo(out);
        } else {
            lines.writeTo(out);
        }
        lines.reset();
        count = 0;
        any = true;
    }
}
