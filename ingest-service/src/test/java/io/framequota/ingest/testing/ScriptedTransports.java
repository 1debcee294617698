package io.framequota.ingest.testing;

import io.framequota.ingest.chunk.ChunkLimits;
import io.framequota.ingest.chunk.TransportProbe;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.SourceException;
import jakarta.enterprise.inject.Alternative;
import jakarta.inject.Inject;
import jakarta.inject.Singleton;
import java.nio.file.Path;

/** Frames of the "videos" of {@link ScriptedChunkPublisher} travel as packets where the script says so. */
@Singleton
@Alternative
public class ScriptedTransports extends TransportProbe {
    @Inject
    ScriptedTransports(PacketReader.Factory readers, IngestConfig config) {
        super(readers, config);
    }

    @Override
    public String whyPixels(Path video, int stream, int every, ChunkLimits limits, int groupFrames)
            throws SourceException {
        return ScriptedChunkPublisher.packets(video) ? "" : "the script has no packets";
    }
}
