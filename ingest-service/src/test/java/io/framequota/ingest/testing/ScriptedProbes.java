package io.framequota.ingest.testing;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.VideoReader;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Probes the "videos" of {@link ScriptedChunkPublisher}. */
@Singleton
@Alternative
public class ScriptedProbes implements VideoDecoder {
    @Override
    public VideoReader open(Path video, int stream) {
        throw new UnsupportedOperationException("nothing is decoded in this test");
    }

    @Override
    public VideoInfo probe(Path video, int stream) throws SourceException {
        return ScriptedChunkPublisher.probe(video, false);
    }
}
