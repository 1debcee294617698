package io.framequota.lab.report;

import java.util.Arrays;

/** The end of an axis on which a few far larger values must not squeeze all the others. */
final class AxisLimit {
    /** A value so many times the next smaller one is an outlier. */
    private static final double FAR = 3;

    /** Room beyond the largest value that is shown to its place. */
    private static final double ROOM = 1.25;

    /**
     * The end of the axis: the largest value, or a little more than the largest one that is no outlier. At most a third of the values
     * are outliers.
     *
     * @param values not negative
     */
    static double of(double[] values) {
        double[] sorted = values.clone();
        Arrays.sort(sorted);
        int last = sorted.length - 1;
        for (int i = sorted.length - Math.max(1, sorted.length / 3); i <= last && i > 0; i++) {
            if (sorted[i - 1] > 0 && sorted[i] > FAR * sorted[i - 1]) {
                return ROOM * sorted[i - 1];
            }
        }
        return last < 0 ? 0 : sorted[last];
    }

    private AxisLimit() {}
}
