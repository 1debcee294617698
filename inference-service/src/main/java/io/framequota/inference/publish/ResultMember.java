package io.framequota.inference.publish;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.result.ResultLine;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPOutputStream;

/** The result of a chunk: one gzip member with JSON lines. */
public final class ResultMember {

    /** Compresses the lines in this order. */
    public static ByteString of(List<ResultLine> lines) {
        StringBuilder text = new StringBuilder(lines.size() * 256);
        lines.forEach(line -> line.appendTo(text));
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length() / 4 + 64);
        try (GZIPOutputStream gzip = new GZIPOutputStream(bytes)) {
            gzip.write(text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException("memory does not fail", e);
        }
        return UnsafeByteOperations.unsafeWrap(bytes.toByteArray());
    }

    private ResultMember() {}
}
