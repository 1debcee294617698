package io.framequota.inference.testing;

import io.framequota.contract.control.AccessUnit;
import io.framequota.contract.control.CodecParameters;
import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketBatch;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.Projection;
import io.framequota.inference.intake.Frame;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PacketReader;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.scale.FrameGeometry;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/** A video cut into chunks of packets, one for each key packet, and the frames that the pixel path makes of it. */
public final class PacketChunks {
    private final FfmpegDecoder ffmpeg = new FfmpegDecoder();
    private final Path video;
    private final ModelCard model;
    private final int every;

    /** @param every frames are inferred whose index is a multiple of this */
    public PacketChunks(Path video, ModelCard model, int every) {
        this.video = video;
        this.model = model;
        this.every = every;
    }

    /** The frames to infer of the whole video. */
    public List<Frame> frames(String job) throws SourceException {
        List<Frame> frames = new ArrayList<>();
        try (FrameCursor cursor = FrameCursor.open(ffmpeg, video);
                PictureScaler scaler = new OpenCvScaler()) {
            while (cursor.next()) {
                if (cursor.index() % every == 0) {
                    frames.add(frame(job, cursor, scaler));
                }
            }
        }
        return frames;
    }

    private Frame frame(String job, FrameCursor cursor, PictureScaler scaler) {
        FrameGeometry size = FrameGeometry.of(model, FrameMeta.MAX_VALUE_BYTES, cursor.width(), cursor.height());
        FrameMeta meta = new FrameMeta(
                job,
                0,
                cursor.index(),
                cursor.ptsMs(),
                size.width(),
                size.height(),
                size.channels(),
                Encoding.RAW,
                cursor.width(),
                cursor.height(),
                size.scaleX(),
                size.scaleY(),
                0,
                0,
                null,
                null,
                cursor.damaged(),
                cursor.width() != cursor.info().width()
                        || cursor.height() != cursor.info().height(),
                Projection.FLAT,
                null);
        return new Frame(
                meta,
                scaler.scale(
                        cursor.picture(PixelOrder.of(model.getColour())),
                        size.width(),
                        size.height(),
                        model.getColour() == ModelCard.Colour.GRAY));
    }

    /** The chunks, each as one batch. */
    public List<PacketBatch> batches() throws SourceException {
        CodecParameters parameters;
        double msPerTick;
        List<AccessUnit.Builder> all = new ArrayList<>();
        try (PacketReader packets = ffmpeg.packets(video, VideoDecoder.ANY_STREAM)) {
            parameters = packets.parameters();
            msPerTick = packets.msPerTick();
            while (packets.next()) {
                all.add(packets.unit());
            }
        }
        PacketStream stream = stream(parameters);
        List<AccessUnit.Builder> shown = all.stream()
                .filter(u -> !u.getDiscard())
                .sorted((a, b) -> Long.compare(a.getPts(), b.getPts()))
                .toList();
        for (int i = 0; i < shown.size(); i++) {
            shown.get(i).setFrame(i).setPtsMs(shown.get(i).getPts() * msPerTick).setInfer(i % every == 0);
        }
        int[] keys = IntStream.range(0, all.size())
                .filter(i -> all.get(i).getKey() && !all.get(i).getDiscard())
                .toArray();
        List<PacketBatch> chunks = new ArrayList<>();
        for (int k = 0; k < keys.length; k++) {
            chunks.add(chunk(stream, all, keys[k], k + 1 < keys.length ? keys[k + 1] : all.size()));
        }
        return chunks;
    }

    private PacketStream stream(CodecParameters parameters) throws SourceException {
        try (FrameCursor first = FrameCursor.open(ffmpeg, video)) {
            first.next();
            return PacketStream.newBuilder()
                    .setCodec(parameters)
                    .setQuarters(first.picture(PixelOrder.BGR).orientation().quarters())
                    .setMirrored(first.picture(PixelOrder.BGR).orientation().mirrored())
                    .setFirstWidth(first.width())
                    .setFirstHeight(first.height())
                    .setModel(model)
                    .build();
        }
    }

    /** The packets from a key packet to the last one that is shown in front of the next; pictures of others are not owned. */
    private static PacketBatch chunk(PacketStream stream, List<AccessUnit.Builder> all, int key, int nextKey) {
        long from = all.get(key).getPts();
        long until = nextKey < all.size() ? all.get(nextKey).getPts() : Long.MAX_VALUE;
        int end = nextKey;
        for (int i = nextKey; i < all.size(); i++) {
            if (all.get(i).getPts() < until) {
                end = i + 1;
            }
        }
        PacketBatch.Builder chunk = PacketBatch.newBuilder().setStream(stream);
        for (AccessUnit.Builder unit : all.subList(key, end)) {
            boolean owned = unit.getPts() >= from && unit.getPts() < until;
            // Leading pictures of this key packet belong to the chunk before.
            if (unit.getPts() >= from) {
                chunk.addUnits(unit.build().toBuilder().setFrame(owned ? unit.getFrame() : -1));
            }
        }
        return chunk.build();
    }
}
