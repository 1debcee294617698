package io.framequota.inference.decode;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.control.PacketStream;
import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.Projection;
import io.framequota.inference.intake.Frame;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.scale.FrameGeometry;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.spherical.PanoramaScale;

/** Makes frames for a model of a decoder's pictures. For one thread. */
public final class FrameScaler {
    private final String job;
    private final int chunk;
    private final PacketStream stream;
    private final Projection projection;
    private final PictureScaler scaler;

    /**
     * @param chunk index of the frames' chunk
     * @param scaler used by the calling thread, which closes it
     */
    public FrameScaler(String job, int chunk, PacketStream stream, PictureScaler scaler) {
        this.job = job;
        this.chunk = chunk;
        this.stream = stream;
        this.scaler = scaler;
        projection = Projection.named(stream.getProjection()).orElse(Projection.FLAT);
    }

    /**
     * Scales the decoder's current picture.
     *
     * @param index of the frame
     * @param damaged what the frame's line says
     * @param file name of the picture, empty for a video
     * @throws IllegalArgumentException when the model cannot take it; the message is one line with the reason
     */
    public Frame frame(FrameDecoder decoder, long index, double ptsMs, boolean damaged, String file) {
        ModelCard model = stream.getModel();
        int width = decoder.width();
        int height = decoder.height();
        FrameGeometry size = PanoramaScale.frame(model, FrameMeta.MAX_VALUE_BYTES, projection, width, height);
        byte[] pixels = scaler.scale(
                decoder.picture(PixelOrder.of(model.getColour())),
                size.width(),
                size.height(),
                model.getColour() == ModelCard.Colour.GRAY);
        FrameMeta meta = new FrameMeta(
                job,
                chunk,
                index,
                ptsMs,
                size.width(),
                size.height(),
                size.channels(),
                Encoding.RAW,
                width,
                height,
                size.scaleX(),
                size.scaleY(),
                0,
                0,
                null,
                null,
                damaged,
                width != stream.getFirstWidth() || height != stream.getFirstHeight(),
                projection,
                file.isEmpty() ? null : file);
        return new Frame(meta, pixels);
    }
}
