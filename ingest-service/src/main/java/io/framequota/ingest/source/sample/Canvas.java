package io.framequota.ingest.source.sample;

/** A picture to draw on with smooth edges. The same calls give the same bytes on every machine. */
final class Canvas {
    final int width;
    final int height;
    private final float[] pixels;

    Canvas(int width, int height) {
        this.width = width;
        this.height = height;
        pixels = new float[width * height * 3];
    }

    /** A copy to draw on. */
    Canvas copy() {
        Canvas copy = new Canvas(width, height);
        System.arraycopy(pixels, 0, copy.pixels, 0, pixels.length);
        return copy;
    }

    /** Sets one pixel to a colour, with an offset added to each part. */
    void set(int x, int y, Rgb rgb, float offset) {
        int i = (y * width + x) * 3;
        pixels[i] = rgb.blue() + offset;
        pixels[i + 1] = rgb.green() + offset;
        pixels[i + 2] = rgb.red() + offset;
    }

    /** Fills a limb: a line with round ends whose radius changes evenly from one end to the other. */
    void limb(Limb limb) {
        double dx = limb.bx() - limb.ax();
        double dy = limb.by() - limb.ay();
        double square = Math.max(1e-9, dx * dx + dy * dy);
        PixelBox box = limb.bounds();
        int x2 = Math.min(width - 1, (int) Math.ceil(box.x2()));
        int y2 = Math.min(height - 1, (int) Math.ceil(box.y2()));
        for (int y = Math.max(0, (int) Math.floor(box.y1())); y <= y2; y++) {
            for (int x = Math.max(0, (int) Math.floor(box.x1())); x <= x2; x++) {
                double px = x + 0.5 - limb.ax();
                double py = y + 0.5 - limb.ay();
                double t = Math.clamp((px * dx + py * dy) / square, 0, 1);
                double ex = px - t * dx;
                double ey = py - t * dy;
                double distance = Math.sqrt(ex * ex + ey * ey) - (limb.ar() + t * (limb.br() - limb.ar()));
                blend(x, y, limb.rgb(), (float) Math.clamp(0.5 - distance, 0, 1));
            }
        }
    }

    private void blend(int x, int y, Rgb rgb, float cover) {
        if (cover == 0) {
            return;
        }
        int i = (y * width + x) * 3;
        pixels[i] += (rgb.blue() - pixels[i]) * cover;
        pixels[i + 1] += (rgb.green() - pixels[i + 1]) * cover;
        pixels[i + 2] += (rgb.red() - pixels[i + 2]) * cover;
    }

    /** The picture as packed 8-bit pixels. */
    byte[] toBgr() {
        byte[] bgr = new byte[pixels.length];
        for (int i = 0; i < bgr.length; i++) {
            bgr[i] = (byte) Math.clamp(Math.round(pixels[i]), 0, 255);
        }
        return bgr;
    }
}
