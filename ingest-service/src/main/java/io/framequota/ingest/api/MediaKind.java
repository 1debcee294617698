package io.framequota.ingest.api;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The media type of a file by its first bytes. Names are not asked, because they are a stranger's; whatever is no video or picture
 * is {@code application/octet-stream}, which no browser shows or runs.
 */
final class MediaKind {
    private static final int HEAD = 64;
    private static final int TS_PACKET = 188;

    private MediaKind() {}

    static String of(Path file) throws IOException {
        byte[] bytes;
        try (InputStream in = Files.newInputStream(file)) {
            bytes = in.readNBytes(TS_PACKET + 1);
        }
        // One character a byte.
        String head = new String(bytes, 0, Math.min(HEAD, bytes.length), StandardCharsets.ISO_8859_1);
        if (head.startsWith("ftyp", 4)) {
            return head.startsWith("qt  ", 8) ? "video/quicktime" : "video/mp4";
        }
        if (head.startsWith("\u001a\u0045\u00df\u00a3")) {
            return head.contains("webm") ? "video/webm" : "video/x-matroska";
        }
        if (head.startsWith("RIFF")) {
            return head.startsWith("AVI ", 8)
                    ? "video/x-msvideo"
                    : head.startsWith("WEBP", 8) ? "image/webp" : "application/octet-stream";
        }
        if (head.startsWith("OggS")) {
            return "video/ogg";
        }
        if (head.startsWith("FLV\u0001")) {
            return "video/x-flv";
        }
        if (bytes.length > TS_PACKET && bytes[0] == 'G' && bytes[TS_PACKET] == 'G') {
            return "video/mp2t";
        }
        if (head.startsWith("\u00ff\u00d8\u00ff")) {
            return "image/jpeg";
        }
        if (head.startsWith("\u0089PNG\r\n")) {
            return "image/png";
        }
        return head.startsWith("GIF8") ? "image/gif" : "application/octet-stream";
    }
}
