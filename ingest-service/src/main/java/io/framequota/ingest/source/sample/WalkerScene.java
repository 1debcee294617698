package io.framequota.ingest.source.sample;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;

/** The street, who walks on it, and the truth of each frame. The same seed gives the same pixels. */
final class WalkerScene {
    static final int WIDTH = 640;
    static final int HEIGHT = 480;
    static final int FPS = 10;
    static final int FRAMES = 120;

    private static final Box PICTURE = new Box(0, 0, WIDTH, HEIGHT);
    private static final int PAVEMENT = 150;
    private static final float GRAIN = 2f;

    private final List<Walker> walkers;
    private final Canvas street;

    WalkerScene(long seed) {
        Random random = new Random(seed);
        street = street(random);
        // Nearest last, so that who is near covers who is far.
        walkers = List.of(
                        new Walker(40, 4.3, 430, 200, turn(random), new Rgb(40, 45, 62), new Rgb(30, 35, 42)),
                        new Walker(-150, 4.1, 385, 180, turn(random), new Rgb(45, 85, 50), new Rgb(58, 40, 45)),
                        new Walker(610, -3.6, 345, 162, turn(random), new Rgb(112, 36, 36), new Rgb(50, 60, 72)))
                .stream()
                .sorted(Comparator.comparingDouble(Walker::foot))
                .toList();
    }

    private static double turn(Random random) {
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

    /** The picture of a frame, as packed pixels. */
    byte[] picture(int frame) {
        Canvas canvas = street.copy();
        for (Walker walker : walkers) {
            walker.at(frame).forEach(canvas::limb);
        }
        return canvas.toBgr();
    }

    /**
     * Where a walker is.
     *
     * @param box of the whole person, cut at the picture's edge
     * @param visible share of it that is neither outside the picture nor behind somebody nearer, by boxes
     */
    record Truth(Box box, double visible) {}

    /** Everybody of whom something is to be seen in a frame. */
    List<Truth> truth(int frame) {
        List<Truth> all = new ArrayList<>();
        List<Box> boxes = walkers.stream().map(w -> w.box(frame)).toList();
        for (int i = 0; i < boxes.size(); i++) {
            Box whole = boxes.get(i);
            Box seen = whole.within(PICTURE);
            double hidden = 0;
            for (Box nearer : boxes.subList(i + 1, boxes.size())) {
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
