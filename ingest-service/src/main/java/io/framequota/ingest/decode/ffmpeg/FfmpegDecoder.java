package io.framequota.ingest.decode.ffmpeg;

import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.decode.VideoReader;
import io.framequota.ingest.source.SourceException;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Decodes with FFmpeg, one decoder thread per reader. Its libraries are loaded with the first file. */
@ApplicationScoped
public class FfmpegDecoder implements VideoDecoder {
    @Override
    public VideoReader open(Path video) throws SourceException {
        try {
            if (!Files.isRegularFile(video)) {
                throw new SourceException(video.getFileName() + " does not exist or is no file; name a video file");
            }
            if (Files.size(video) == 0) {
                throw new SourceException(video.getFileName() + " is empty; name a video file");
            }
        } catch (IOException e) {
            throw new SourceException(video.getFileName() + " cannot be read: " + e.getMessage(), e);
        }
        return new FfmpegReader(NativeVideo.open(video));
    }
}
