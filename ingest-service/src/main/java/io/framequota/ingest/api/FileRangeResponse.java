package io.framequota.ingest.api;

import jakarta.ws.rs.core.Response;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jboss.resteasy.reactive.PathPart;
import org.jspecify.annotations.Nullable;

/** Answers with a file or one range of its bytes (RFC 9110, section 14). Video players request the part that they show. */
final class FileRangeResponse {
    private static final Pattern ONE_RANGE = Pattern.compile("bytes=(\\d{0,18})-(\\d{0,18})");

    private FileRangeResponse() {}

    /** @param range the request's {@code Range} header; null, several ranges or an invalid one give the whole file */
    static Response.ResponseBuilder answer(Path file, @Nullable String range) throws IOException {
        long size = Files.size(file);
        Matcher m = ONE_RANGE.matcher(range == null ? "" : range.replace(" ", ""));
        if (!m.matches() || (m.group(1).isEmpty() && m.group(2).isEmpty())) {
            return Response.ok(new PathPart(file, 0, size)).header("Accept-Ranges", "bytes");
        }
        long first;
        long last = size - 1;
        if (m.group(1).isEmpty()) {
            long suffix = Long.parseLong(m.group(2));
            first = suffix == 0 ? size : Math.max(0, size - suffix);
        } else {
            first = Long.parseLong(m.group(1));
            last = m.group(2).isEmpty() ? last : Math.min(last, Long.parseLong(m.group(2)));
        }
        boolean invalid = !m.group(1).isEmpty()
                && !m.group(2).isEmpty()
                && Long.parseLong(m.group(2)) < Long.parseLong(m.group(1));
        if (invalid) {
            return Response.ok(new PathPart(file, 0, size)).header("Accept-Ranges", "bytes");
        }
        if (first >= size) {
            return Response.status(416).header("Content-Range", "bytes */" + size);
        }
        return Response.status(206)
                .header("Accept-Ranges", "bytes")
                .header("Content-Range", "bytes " + first + "-" + last + "/" + size)
                .entity(new PathPart(file, first, last - first + 1));
    }
}
