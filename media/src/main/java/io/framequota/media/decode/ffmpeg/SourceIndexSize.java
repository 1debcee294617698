package io.framequota.media.decode.ffmpeg;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Checks a file before FFmpeg opens it, and estimates the native memory that opening it takes. */
final class SourceIndexSize {
    private static final int HEAD = 21;
    private static final int VP8X_ANIMATION = 0x02;

    private SourceIndexSize() {}

    /**
     * Estimates the native bytes of the file's index and metadata; 0 for formats that expand nothing.
     *
     * @throws SourceException when the file is beyond a limit or cannot be a video
     */
    static long check(Path video, SourceLimits limits) throws SourceException, IOException {
        String name = String.valueOf(video.getFileName());
        byte[] head = head(video);
        if (isAnimatedWebp(head)) {
            // FFmpeg takes such a file for a damaged still picture.
            throw SourceException.permanent(
                    name + " cannot be used: animated WebP is not supported; convert it to GIF or MP4");
        }
        Demuxer demuxer = Demuxer.of(video);
        if (demuxer.isSound() || text(head, 0, 3).equals("ID3")) {
            // FFmpeg would expand all metadata of the song, in a time that grows with the square of its size.
            throw SourceException.permanent(name + " has no video stream; use a file with pictures in it");
        }
        limits.checkEntries(name, PngTextSize.entries(video, limits.entries()));
        if (demuxer.isMp4()) {
            return Mp4IndexSize.bytes(video, limits);
        }
        if (demuxer.isMatroska()) {
            return MatroskaIndexSize.bytes(video, limits);
        }
        if (demuxer.isOgg()) {
            OggCommentCheck.check(video, limits);
        }
        return 0;
    }

    private static byte[] head(Path video) throws IOException {
        try (InputStream in = Files.newInputStream(video)) {
            return in.readNBytes(HEAD);
        }
    }

    private static boolean isAnimatedWebp(byte[] head) {
        return head.length == HEAD
                && text(head, 0, 4).equals("RIFF")
                && text(head, 8, 4).equals("WEBP")
                && text(head, 12, 4).equals("VP8X")
                && (head[20] & VP8X_ANIMATION) != 0;
    }

    private static String text(byte[] bytes, int at, int length) {
        return new String(bytes, at, Math.clamp(bytes.length - at, 0, length), StandardCharsets.ISO_8859_1);
    }
}
