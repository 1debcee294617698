package io.framequota.ingest.source.sample;

/** Part of a figure from point a to point b, with a radius at each point, in pixels. */
record Limb(double ax, double ay, double ar, double bx, double by, double br, Rgb rgb) {
    PixelBox bounds() {
        return new PixelBox(
                Math.min(ax - ar, bx - br) - 1,
                Math.min(ay - ar, by - br) - 1,
                Math.max(ax + ar, bx + br) + 1,
                Math.max(ay + ar, by + br) + 1);
    }
}
