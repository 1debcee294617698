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
import org.jspecify.annotations.Nullable;

/** source, decode, frame, publish: wires the frame path and takes a lost chunk up again by decoding it once more. */
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
    public ChunkingSummary publish(ChunkingRequest request, ChunkListener listener)
            throws SourceException, FramesRefusedException, InterruptedException {
        ChunkingRequest rest = request;
        ResumePoint from = request.resume();
        boolean announced = false;
        long backoff = FIRST_BACKOFF_MS;
        while (true) {
            try (FrameCursor cursor = FrameCursor.open(decoder, request.video(), request.stream());
                    PictureScaler scaler = scalers.open()) {
                if (!announced) {
                    announced = true;
                    listener.opened(cursor.probe());
                }
                ChunkingLoop pass = new ChunkingLoop(rest, listener, cursor, scaler, writer, transport);
                try {
                    return pass.run(from);
                } catch (ChunkLostException e) {
                    if (e.forGood()) {
                        throw new FramesRefusedException(String.valueOf(e.getMessage()));
                    }
                    @Nullable ResumePoint reached = pass.reached(from);
                    backoff = advanced(from, reached) ? FIRST_BACKOFF_MS : Math.min(LAST_BACKOFF_MS, backoff * 2);
                    from = reached;
                    rest = rest.warned(pass.warnings());
                    LOG.warnf(
                            "job %s: chunk %d is decoded and written again in %d ms: %s",
                            request.job(), from == null ? 0 : from.nextChunk(), backoff, e.getMessage());
                }
            }
            Thread.sleep(backoff);
        }
    }

    private static boolean advanced(@Nullable ResumePoint before, @Nullable ResumePoint after) {
        return (after == null ? 0 : after.nextChunk()) > (before == null ? 0 : before.nextChunk());
    }
}
