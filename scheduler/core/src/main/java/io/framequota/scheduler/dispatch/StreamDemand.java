package io.framequota.scheduler.dispatch;

import java.util.Locale;

/**
 * The millicores that a stream needs: frames to infer per second x core-seconds of one frame, plus headroom.
 *
 * @param perSecond frames to infer per second
 * @param rateKnown whether that rate is known; otherwise it is {@link #ASSUMED_FPS} of the source
 * @param perFrameS core-seconds of an inferred frame, with the decoding of the frames between
 * @param costKnown whether that cost was measured; otherwise it is assumed
 * @param headroom added, as a fraction
 */
public record StreamDemand(double perSecond, boolean rateKnown, double perFrameS, boolean costKnown, double headroom) {
    /** Reservations are multiples of so many millicores, as quotas are. */
    public static final int STEP = 10;
    /** Frames per second of a source whose rate is not known yet: what most cameras have. */
    public static final double ASSUMED_FPS = 25;

    /** Millicores without headroom, not rounded. */
    public double exact() {
        return 1000 * perSecond * perFrameS;
    }

    /** Millicores to reserve, at least {@link #STEP}. */
    public int millicores() {
        double steps = Math.ceil(exact() * (1 + headroom) / STEP - 1e-9);
        return (int) Math.min(Integer.MAX_VALUE / STEP, Math.max(1, steps)) * STEP;
    }

    /** Whether both factors are known. A stream is never refused for more than what is known of it. */
    public boolean known() {
        return rateKnown && costKnown;
    }

    /** The figures in words: {@code needs 1370m (10 frames/s x 124 ms + 10%)}. */
    public String words() {
        String cost = String.format(Locale.ROOT, perFrameS < 0.01 ? "%.1f ms" : "%.0f ms", 1000 * perFrameS);
        return String.format(
                Locale.ROOT,
                "needs %dm (%s frames/s%s x %s%s%s)",
                millicores(),
                rate(perSecond),
                rateKnown ? "" : " assumed",
                cost,
                costKnown ? "" : " assumed",
                headroom > 0 ? String.format(Locale.ROOT, " + %.0f%%", 100 * headroom) : "");
    }

    private static String rate(double perSecond) {
        return perSecond == Math.rint(perSecond)
                ? String.format(Locale.ROOT, "%.0f", perSecond)
                : String.format(Locale.ROOT, perSecond < 1 ? "%.2f" : "%.1f", perSecond);
    }
}
