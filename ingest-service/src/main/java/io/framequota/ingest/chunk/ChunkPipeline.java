package io.framequota.ingest.chunk;

import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.ingest.decode.FrameCursor;
import io.framequota.ingest.decode.SourceException;
import io.framequota.ingest.decode.VideoDecoder;
import io.framequota.ingest.scale.PictureScaler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Wires decoder, scaler and writer of a source for a {@link ChunkingLoop}. When the broker loses a chunk, another loop decodes the
 * source again from that chunk on.
 */
@ApplicationScoped
public class ChunkPipeline implements ChunkPublisher {
    private static final Logger LOG = Logger.getLogger(ChunkPipeline.class);
    private static final long FIRST_BACKOFF_MS = 200;
    private static final long LAST_BACKOFF_MS = 10_000;

    private final VideoDecoder decoder;
    private final PictureScaler.Factory scalers;
    private final ChunkWriter writer;
    private final FrameTransport transport;

    @Inject
    public ChunkPipeline(VideoDecoder decoder, PictureScaler.Factory scalers, ChunkWriter writer, IngestConfig config) {
        this(decoder, scalers, writer, FrameTransport.parse(config.framesJpegQuality()));
    }

    ChunkPipeline(VideoDecoder decoder, PictureScaler.Factory scalers, ChunkWriter writer, FrameTransport transport) {
        this.decoder = decoder;
        this.scalers = scalers;
        this.writer = writer;
        this.transport = transport;
    }

    @Override
    public ChunkingSummary publish(ChunkingRequest request, ChunkRoom room, ChunkRecorder recorder)
            throws SourceException, FramesRefusedException, InterruptedException {
        ChunkingRequest remaining = request;
        long backoff = FIRST_BACKOFF_MS;
        while (true) {
            try (FrameCursor cursor = FrameCursor.open(decoder, request.video(), request.stream());
                    PictureScaler scaler = scalers.open()) {
                if (remaining == request) {
                    recorder.opened(cursor.info());
                }
                ChunkingLoop loop = new ChunkingLoop(remaining, cursor, scaler, transport, writer, room, recorder);
                try {
                    return loop.run();
                } catch (ChunkLostException e) {
                    boolean progressed = loop.remaining().firstChunk() > remaining.firstChunk();
                    remaining = loop.remaining();
                    backoff = progressed ? FIRST_BACKOFF_MS : Math.min(LAST_BACKOFF_MS, backoff * 2);
                    LOG.warnf(
                            "job %s: chunk %d was lost (%s); it is decoded and written again in %d ms",
                            request.job(), remaining.firstChunk(), e.getMessage(), backoff);
                }
            }
            Thread.sleep(backoff);
        }
    }
}
