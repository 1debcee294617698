package io.framequota.media.spherical;

import io.framequota.contract.control.ModelCard;
import io.framequota.contract.frame.Projection;
import io.framequota.media.scale.FrameGeometry;

/** The size in which a 360° picture travels: as fine as the model's picture of a view can show. */
public final class PanoramaScale {
    private PanoramaScale() {}

    /**
     * The size to which a picture is scaled, flat or not.
     *
     * @param most bytes that the pixels may have
     * @throws IllegalArgumentException when the model's own picture has more bytes
     */
    public static FrameGeometry frame(ModelCard card, int most, Projection projection, int width, int height) {
        return projection == Projection.FLAT
                ? FrameGeometry.of(card, most, width, height)
                : of(card, most, new Panorama(projection, width, height));
    }

    private static FrameGeometry of(ModelCard card, int most, Panorama panorama) {
        FrameGeometry view = view(card, most, panorama);
        int side = panorama.viewSide(SphereViews.FOV);
        int width = panorama.width();
        int height = panorama.height();
        double byView = (double) Math.max(view.width(), view.height()) / side;
        double byBytes = Math.sqrt((double) most / ((double) width * height * view.channels()));
        double r = Math.min(1, Math.min(byView, byBytes));
        int w = Math.max(1, (int) (width * r));
        int h = Math.max(1, (int) (height * r));
        return new FrameGeometry(w, h, view.channels(), (double) w / width, (double) h / height);
    }

    /** The size of the model's picture of a view. */
    public static FrameGeometry view(ModelCard card, int most, Panorama panorama) {
        int side = panorama.viewSide(SphereViews.FOV);
        return FrameGeometry.of(card, most, side, side);
    }
}
