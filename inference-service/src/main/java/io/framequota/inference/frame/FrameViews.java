package io.framequota.inference.frame;

import io.framequota.contract.frame.FrameMeta;
import io.framequota.contract.frame.FrameMeta.Encoding;
import io.framequota.contract.frame.Projection;
import io.framequota.inference.intake.Frame;
import io.framequota.inference.model.InputSize;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.PictureInput;
import io.framequota.inference.model.Preprocessing.Fit;
import io.framequota.inference.postprocess.ViewMerge;
import io.framequota.inference.preprocess.Preprocessor;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.PanoramaSampler;
import io.framequota.media.spherical.SphereViews;

/** The views as which a 360° frame is inferred, in the size of the model's picture. */
final class FrameViews {
    private final FrameMeta frame;
    private final byte[] pixels;
    private final Panorama panorama;
    private final PanoramaSampler sampler;
    private final InputSize size;

    private FrameViews(ModelSpec model, FrameMeta frame, byte[] pixels) {
        this.frame = frame;
        this.pixels = pixels;
        panorama = new Panorama(frame.projection(), frame.sourceWidth(), frame.sourceHeight());
        sampler = new PanoramaSampler(panorama, frame.width(), frame.height(), frame.channels());
        size = size(model, new Panorama(frame.projection(), frame.width(), frame.height()));
    }

    /** @throws IllegalArgumentException when the frame is no picture of its size; the message is one line with the reason */
    static FrameViews of(ModelSpec model, Frame frame, Preprocessor preprocessor) {
        return new FrameViews(model, frame.meta(), preprocessor.pixels(model, frame.meta(), frame.pixels()));
    }

    /** The frame travels as fine as the model's picture, so a model that takes any size gets its views in the frame's own fineness. */
    private static InputSize size(ModelSpec model, Panorama travelled) {
        int own = travelled.viewSide(SphereViews.FOV);
        PictureInput input = model.input();
        if (model.preprocessing().fit() == Fit.STRETCH && !input.anySize()) {
            return new InputSize(input.height(), input.width());
        }
        int side = model.preprocessing().fit() == Fit.LETTERBOX && !input.anySize()
                ? Math.min(input.height(), input.width())
                : model.maxSide() > 0 ? Math.min(own, model.maxSide()) : own;
        return new InputSize(side, side);
    }

    int count() {
        return SphereViews.ALL.size();
    }

    /** A view as a frame of its own. */
    Frame render(int view) {
        FrameMeta meta = new FrameMeta(
                frame.job(),
                frame.chunk(),
                frame.index(),
                frame.ptsMs(),
                size.width(),
                size.height(),
                frame.channels(),
                Encoding.RAW,
                size.width(),
                size.height(),
                1,
                1,
                0,
                0,
                frame.stream(),
                null,
                frame.damaged(),
                frame.resized(),
                Projection.FLAT,
                null);
        return new Frame(meta, sampler.render(pixels, SphereViews.ALL.get(view), size.width(), size.height()));
    }

    /** Joins what is found in the views. */
    ViewMerge merge() {
        return new ViewMerge(panorama, SphereViews.ALL, size);
    }
}
