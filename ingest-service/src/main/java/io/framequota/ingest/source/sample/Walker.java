package io.framequota.ingest.source.sample;

import java.util.List;

/**
 * A person who crosses the street at a steady pace.
 *
 * @param startX in frame 0
 * @param speed pixels per frame, negative to the left
 * @param foot lower edge of the feet; a larger value is nearer
 * @param height in pixels
 * @param phase of the gait in frame 0
 */
record Walker(double startX, double speed, double foot, double height, double phase, Rgb coat, Rgb trousers) {
    /** Length of a step as a fraction of the height. */
    private static final double STEP = 0.42;

    private static final double ASPECT = 0.41;

    /** The person's limbs in a frame. */
    List<Limb> at(int frame) {
        double steps = Math.abs(speed) * frame / (height * STEP);
        return WalkerFigure.of(
                startX + speed * frame, foot, height, phase + steps * Math.PI, speed < 0 ? -1 : 1, coat, trousers);
    }

    /**
     * The person's box in a frame. Its width is 0.41 of the height whatever the arms and legs do, the normalized aspect ratio of pedestrian
     * benchmarks (Dollar and others, Pedestrian Detection, PAMI 2012).
     */
    PixelBox box(int frame) {
        double x = startX + speed * frame;
        double half = ASPECT * height / 2;
        return new PixelBox(x - half, foot - height, x + half, foot);
    }
}
