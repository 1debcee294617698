package io.framequota.ingest.chunk;

import io.framequota.ingest.chunk.PacketCutter.IrregularPacketException;
import io.framequota.ingest.config.IngestConfig;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.SourceException;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.nio.file.Path;
import java.util.Set;

/** Finds out, from the beginning of a source, whether its frames can travel as packets. Safe for use by many threads. */
@ApplicationScoped
public class TransportProbe {
    /** Codecs, by FFmpeg's names, whose packets were tested to give the same frames wherever decoding begins. */
    static final Set<String> CODECS =
            Set.of("h264", "hevc", "vp8", "vp9", "av1", "mpeg4", "mpeg2video", "mpeg1video", "mjpeg", "png");

    /** As far as a source is read that has no whole chunk by then. */
    private static final int MAX_PACKETS = 600;

    private static final long MAX_BYTES = 16L << 20;

    private final PacketReader.Factory readers;
    private final boolean raw;

    @Inject
    public TransportProbe(PacketReader.Factory readers, IngestConfig config) {
        this.readers = readers;
        this.raw = PixelTransport.parse(config.framesJpegQuality()).isRaw();
    }

    /**
     * Reads the first packets of a source. Call it on a platform thread.
     *
     * @param stream as in {@code VideoDecoder#open}
     * @param every every which frame is inferred
     * @param limits wanted frames to infer and wanted bytes of packets of a chunk
     * @param groupFrames most frames to infer of one group of pictures
     * @return why not even the first chunk can travel as packets, one line; empty when it can
     * @throws SourceException when the source cannot be read
     */
    public String whyPixels(Path video, int stream, int every, ChunkLimits limits, int groupFrames)
            throws SourceException {
        if (!raw) {
            return "FRAMEQUOTA_FRAMES_JPEG_QUALITY is set";
        }
        try (PacketReader packets = readers.packets(video, stream)) {
            String codec = packets.info().codec();
            if (packets.tiled()) {
                return "the picture consists of tiles";
            }
            if (!CODECS.contains(codec)) {
                return "packets of codec " + codec + " were not tested";
            }
            return read(packets, codec, new PacketCutter<>(every, limits, groupFrames));
        }
    }

    private static String read(PacketReader packets, String codec, PacketCutter<SourcePacket> cutter) {
        ParameterSets sets = new ParameterSets(codec, packets.parameters().getExtradata());
        long bytes = 0;
        try {
            for (int i = 0; i < MAX_PACKETS && bytes < MAX_BYTES && packets.next(); i++) {
                SourcePacket packet = SourcePacket.of(packets, codec, sets);
                bytes += packet.bytes();
                cutter.add(packet);
                if (cutsChunk(cutter)) {
                    return "";
                }
            }
            SourcePacket.checkReadErrors(packets);
            cutter.end();
            return cutter.frames() == 0 ? "no packet shows a frame" : "";
        } catch (IrregularPacketException e) {
            return String.valueOf(e.getMessage());
        }
    }

    private static boolean cutsChunk(PacketCutter<SourcePacket> cutter) {
        for (PacketCutter.Step<SourcePacket> step = cutter.poll(); step != null; step = cutter.poll()) {
            if (step.packet() == null) {
                return true;
            }
        }
        return false;
    }
}
