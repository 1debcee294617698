package io.framequota.analysis.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.Locale;
import java.util.function.Supplier;

/** Writes one result in one format. */
interface ResultExport {
    void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException;

    /** A number with a fixed number of decimals. */
    static String number(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    /** The nearest number with so many parts to one. */
    static double rounded(double value, int parts) {
        return Math.round(value * parts) / (double) parts;
    }
}
