package io.framequota.ingest.source.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The street, the people on it, and the ground truth of each frame. The same seed gives the same pixels. */
final class WalkerScene {
    static final int WIDTH = 640;
    static final int HEIGHT = 480;
    static final int FPS = 10;
    static final int FRAMES = 120;

    private static final PixelBox PICTURE = new PixelBox(0, 0, WIDTH, HEIGHT);
    private static final int PAVEMENT = 150;
    private static final float GRAIN = 2f;

    private final List<Walker> walkers;
    private final Canvas street;

    WalkerScene(long seed) {
        Random random = new Random(seed);
        street = street(random);
        // The nearest last, so that near people cover far people.
        walkers = List.of(
                        new Walker(40, 4.3, 430, 200, phase(random), new Rgb(40, 45, 62), new Rgb(30, 35, 42)),
                        new Walker(-150, 4.1, 385, 180, phase(random), new Rgb(45, 85, 50), new Rgb(58, 40, 45)),
                        new Walker(610, -3.6, 345, 162, phase(random), new Rgb(112, 36, 36), new Rgb(50, 60, 72)))
                .stream()
                .sorted(Comparator.comparingDouble(Walker::foot))
                .toList();
    }

    private static double phase(Random random) {
        return random.nextDouble() * 2 * Math.PI;
    }

    private static Canvas street(Random random) {
        Canvas canvas = new Canvas(WIDTH, HEIGHT);
        Rgb wall = new Rgb(208, 214, 222);
        Rgb ground = new Rgb(180, 178, 176);
        for (int y = 0; y < HEIGHT; y++) {
            for (int x = 0; x < WIDTH; x++) {
                float grain = (float) random.nextGaussian() * GRAIN;
                float shade = y < PAVEMENT ? 0 : -14f * (y - PAVEMENT) / (HEIGHT - PAVEMENT);
                canvas.set(x, y, y < PAVEMENT ? wall : ground, grain + shade);
            }
        }
        return canvas;
    }

    /** The picture of a frame as packed BGR pixels. */
    byte[] picture(int frame) {
        Canvas canvas = street.copy();
        for (Walker walker : walkers) {
            walker.at(frame).forEach(canvas::limb);
        }
        return canvas.toBgr();
    }

    /**
     * Ground truth of one person in one frame.
     *
     * @param box of the whole person, cut off at the edge of the picture
     * @param visible fraction of the whole box that is inside the picture and not behind the box of a nearer person
     */
    record Truth(PixelBox box, double visible) {}

    /** Ground truth of everybody whose box overlaps the picture in a frame. */
    List<Truth> truth(int frame) {
        List<Truth> all = new ArrayList<>();
        List<PixelBox> boxes = walkers.stream().map(w -> w.box(frame)).toList();
        for (int i = 0; i < boxes.size(); i++) {
            PixelBox whole = boxes.get(i);
            PixelBox seen = whole.within(PICTURE);
            double hidden = 0;
            for (PixelBox nearer : boxes.subList(i + 1, boxes.size())) {
                hidden += seen.within(nearer).area();
            }
            double visible = Math.max(0, (seen.area() - hidden) / whole.area());
            if (seen.area() > 0) {
                all.add(new Truth(seen, visible));
            }
        }
        return all;
    }
}
