package io.framequota.analysis.kitti;

import java.util.Collection;
import java.util.List;
import java.util.StringJoiner;

/** Numbers in KITTI's texts, and numbers of frames in texts for people. */
final class KittiNumbers {
    private static final int MOST_RANGES = 8;

    private KittiNumbers() {}

    /**
     * A finite number.
     *
     * @param place for the message
     */
    static double number(String text, String place) throws InvalidDriveException {
        try {
            double value = Double.parseDouble(text);
            if (Double.isFinite(value)) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Reported below.
        }
        throw new InvalidDriveException(place + ": \"" + text + "\" is not a number");
    }

    /** A number with three decimals, for JSON. */
    static double rounded(double value) {
        return Math.round(value * 1000) / 1000.0;
    }

    /** Sorted numbers as ranges: {@code 3, 177-180}. */
    static String ranges(Collection<Long> sorted) {
        List<Long> all = List.copyOf(sorted);
        StringJoiner text = new StringJoiner(", ");
        int ranges = 0;
        int next = 0;
        while (next < all.size() && ranges++ < MOST_RANGES) {
            int last = next;
            while (last + 1 < all.size() && all.get(last + 1) == all.get(last) + 1) {
                last++;
            }
            text.add(last == next ? all.get(next).toString() : all.get(next) + "-" + all.get(last));
            next = last + 1;
        }
        return next < all.size() ? text + " and more" : text.toString();
    }
}
