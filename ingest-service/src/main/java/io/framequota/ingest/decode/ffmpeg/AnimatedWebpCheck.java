package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.decode.SourceException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Kinds of files that FFmpeg takes for damaged ones of another kind. */
final class AnimatedWebpCheck {
    private static final int VP8X_ANIMATION = 0x02;

    private AnimatedWebpCheck() {}

    /** @throws SourceException when the file is of a kind that is not supported */
    static void check(Path video) throws IOException, SourceException {
        byte[] head = new byte[21];
        int read;
        try (InputStream in = Files.newInputStream(video)) {
            read = in.readNBytes(head, 0, head.length);
        }
        if (read == head.length
                && text(head, 0).equals("RIFF")
                && text(head, 8).equals("WEBP")
                && text(head, 12).equals("VP8X")
                && (head[20] & VP8X_ANIMATION) != 0) {
            throw SourceException.forGood(
                    video.getFileName() + " cannot be used: animated WebP is not supported; convert it to GIF or MP4");
        }
    }

    private static String text(byte[] bytes, int at) {
        return new String(bytes, at, 4, StandardCharsets.ISO_8859_1);
    }
}
