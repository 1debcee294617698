package io.framequota.ingest.chunk;

import io.framequota.contract.control.PacketStream;
import io.framequota.ingest.chunk.ChunkWriter.ChunkLostException;
import io.framequota.ingest.chunk.PacketLoop.MemoryFullException;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.media.decode.DecodeMemoryBudget;
import io.framequota.media.decode.DecodeMemoryBudget.Share;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoReader;
import io.framequota.media.scale.PictureScaler;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import org.jboss.logging.Logger;

/**
 * Wires reader, decoder, scaler and writer of a source for a {@link PacketLoop} or a {@link ChunkingLoop}. When the broker loses a
 * chunk, another loop reads the source again from that chunk on.
 */
@ApplicationScoped
public class ChunkPipeline implements ChunkPublisher {
    private static final Logger LOG = Logger.getLogger(ChunkPipeline.class);
    private static final long FIRST_BACKOFF_MS = 200;
    private static final long LAST_BACKOFF_MS = 10_000;

    /** Heap for packets that wait, all jobs together, beyond {@link PacketLoop#FREE_BYTES} of each. */
    private static final long PACKET_BYTES = 64L << 20;

    private final VideoDecoder decoder;
    private final PacketReader.Factory readers;
    private final PictureScaler.Factory scalers;
    private final ChunkWriter writer;
    private final PixelTransport pixels;
    private final DecodeMemoryBudget packetMemory;

    @Inject
    public ChunkPipeline(
            VideoDecoder decoder,
            PacketReader.Factory readers,
            PictureScaler.Factory scalers,
            ChunkWriter writer,
            IngestConfig config) {
        this(
                decoder,
                readers,
                scalers,
                writer,
                PixelTransport.parse(config.framesJpegQuality()),
                new DecodeMemoryBudget(PACKET_BYTES));
    }

    ChunkPipeline(
            VideoDecoder decoder,
            PacketReader.Factory readers,
            PictureScaler.Factory scalers,
            ChunkWriter writer,
            PixelTransport pixels,
            DecodeMemoryBudget packetMemory) {
        this.decoder = decoder;
        this.readers = readers;
        this.scalers = scalers;
        this.writer = writer;
        this.pixels = pixels;
        this.packetMemory = packetMemory;
    }

    @Override
    public ChunkingSummary publish(ChunkingRequest request, ChunkRoom room, ChunkRecorder recorder)
            throws SourceException, LeavePacketsException, FramesRefusedException, InterruptedException {
        FrameTransport transport = request.packets() ? FrameTransport.PACKETS : pixels;
        ChunkingRequest remaining = request;
        long backoff = FIRST_BACKOFF_MS;
        long packetBytes = 0;
        // Before a pass: it must hold nothing while this waits for memory.
        PacketStream picture = request.packets() ? firstPicture(request, recorder) : PacketStream.getDefaultInstance();
        while (true) {
            ChunkSequence chunks = new ChunkSequence(remaining, transport, writer, room, recorder);
            // The memory first: nothing is held while it is waited for.
            try (Share memory =
                            packetMemory.takeAhead(packetBytes, request.video().toString());
                    chunks) {
                return request.packets()
                        ? publishPackets(remaining, picture, chunks, memory)
                        : publishPixels(remaining, chunks, recorder);
            } catch (MemoryFullException e) {
                remaining = chunks.remaining();
                packetBytes = e.bytes();
                continue;
            } catch (ChunkLostException e) {
                boolean progressed = !chunks.remaining().equals(remaining);
                remaining = chunks.remaining();
                backoff = progressed ? FIRST_BACKOFF_MS : Math.min(LAST_BACKOFF_MS, backoff * 2);
                LOG.warnf(
                        "job %s: a chunk was lost (%s); it is read and written again in %d ms",
                        request.job(), e.getMessage(), backoff);
            }
            Thread.sleep(backoff);
        }
    }

    private ChunkingSummary publishPixels(ChunkingRequest request, ChunkSequence chunks, ChunkRecorder recorder)
            throws SourceException, FramesRefusedException, ChunkLostException, InterruptedException {
        try (FrameCursor cursor = FrameCursor.open(decoder, request.video(), request.stream());
                PictureScaler scaler = scalers.open()) {
            recorder.opened(cursor.info());
            return new ChunkingLoop(request, cursor, scaler, pixels, chunks).run();
        }
    }

    private ChunkingSummary publishPackets(
            ChunkingRequest request, PacketStream picture, ChunkSequence chunks, Share memory)
            throws SourceException, LeavePacketsException, FramesRefusedException, ChunkLostException,
                    MemoryFullException, InterruptedException {
        try (PacketReader packets = readers.packets(request.video(), request.stream())) {
            return new PacketLoop(
                            request,
                            packets,
                            picture.toBuilder().setCodec(packets.parameters()).build(),
                            chunks,
                            memory)
                    .run();
        }
    }

    /** Decodes the first frame, because only a frame tells its orientation and its size. */
    private PacketStream firstPicture(ChunkingRequest request, ChunkRecorder recorder)
            throws SourceException, LeavePacketsException {
        try (VideoReader reader = decoder.open(request.video(), request.stream())) {
            recorder.opened(reader.info());
            if (!reader.next()) {
                throw new LeavePacketsException(request.firstUnknown(0), "no frame can be decoded");
            }
            if (reader.error() != null) {
                throw new LeavePacketsException(request.firstUnknown(0), "the first picture cannot be read");
            }
            Orientation orientation = reader.picture(PixelOrder.BGR).orientation();
            return PacketStream.newBuilder()
                    .setQuarters(orientation.quarters())
                    .setMirrored(orientation.mirrored())
                    .setFirstWidth(reader.info().width())
                    .setFirstHeight(reader.info().height())
                    .setModel(request.model())
                    .setProjection(request.projectionOf(reader.info()).label())
                    .build();
        }
    }
}
