package io.framequota.ingest.encode.ffmpeg;

import io.framequota.ingest.encode.VideoEncoder;
import jakarta.enterprise.context.ApplicationScoped;
import java.io.IOException;
import java.nio.file.Path;

/** Makes encoders. FFmpeg is loaded with the first one. */
@ApplicationScoped
public class Mp4EncoderFactory implements VideoEncoder.Factory {
    @Override
    public VideoEncoder open(Path mp4, int width, int height, double fps, int primaries, int transfer)
            throws IOException {
        return new Mp4Encoder(mp4, CodedSize.of(width, height), fps > 0 ? fps : 25, primaries, transfer);
    }
}
