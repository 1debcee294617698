package io.framequota.lab.report;

import java.util.Locale;

/** Numbers as people read them. */
final class NumberFormats {
    /** Seconds with three significant digits or milliseconds' precision, whichever is shorter. */
    static String seconds(double seconds) {
        return plain(seconds) + " s";
    }

    /** A number with about four digits. */
    static String plain(double number) {
        double size = Math.abs(number);
        String pattern = size >= 1000 ? "%.0f" : size >= 100 ? "%.1f" : size >= 10 ? "%.2f" : "%.3f";
        return String.format(Locale.ROOT, pattern, number);
    }

    /** A number of things, which a median may have made a half. */
    static String whole(double number) {
        return number == Math.rint(number) ? String.format(Locale.ROOT, "%.0f", number) : plain(number);
    }

    /** A signed percentage. */
    static String percent(double fraction) {
        String text = String.format(Locale.ROOT, "%+.1f %%", 100 * fraction);
        return text.equals("-0.0 %") ? "+0.0 %" : text;
    }

    /** A step for an axis: 1, 2 or 5 times a power of ten, so that about {@code count} of them make {@code range}. */
    static double step(double range, int count) {
        double raw = range / count;
        double power = Math.pow(10, Math.floor(Math.log10(raw)));
        double first = raw / power;
        return (first <= 1 ? 1 : first <= 2 ? 2 : first <= 5 ? 5 : 10) * power;
    }

    /** A label of an axis. */
    static String tick(double value, double step) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        return String.format(Locale.ROOT, "%." + Math.min(6, digits) + "f", value);
    }

    private NumberFormats() {}
}
