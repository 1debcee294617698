package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.SourceLimits;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Counts what FFmpeg will take to open a file, before it does. */
final class SourceIndexSize {
    private SourceIndexSize() {}

    /**
     * Native bytes that the file's index and what it says of itself will take, about; 0 for kinds that hold no more than they
     * state.
     *
     * @throws SourceException when it is beyond a limit, or cannot be a video
     */
    static long bytes(Path video, SourceLimits limits) throws SourceException, IOException {
        Demuxer demuxer = Demuxer.of(video);
        if (demuxer.isSound() || startsWithId3(video)) {
            // FFmpeg would unpack all that such a file says of its song, in a time that grows with the square of it.
            throw SourceException.forGood(video.getFileName() + " has no video stream; use a file with pictures in it");
        }
        limits.checkEntries(String.valueOf(video.getFileName()), PngTextSize.entries(video, limits.entries()));
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

    private static boolean startsWithId3(Path video) throws IOException {
        try (InputStream in = Files.newInputStream(video)) {
            return new String(in.readNBytes(3), StandardCharsets.ISO_8859_1).equals("ID3");
        }
    }
}
