package io.framequota.scheduler.simulator;

/** Percentiles by nearest rank, without sorting all values. */
public final class Quantiles {
    private Quantiles() {}

    /**
     * The smallest value such that at least a fraction {@code q} of the values are not above it; 0 if there are no
     * values. Reorders the values.
     */
    public static double of(double[] values, double q) {
        return values.length == 0 ? 0 : select(values, (int) Math.max(0, Math.ceil(q * values.length) - 1));
    }

    /** The value at an index of the sorted values (Hoare's selection with median of three). */
    private static double select(double[] values, int index) {
        int low = 0;
        int high = values.length - 1;
        while (low < high) {
            double a = values[low];
            double b = values[(low + high) >>> 1];
            double c = values[high];
            double pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
            int i = low;
            int j = high;
            while (i <= j) {
                while (values[i] < pivot) {
                    i++;
                }
                while (values[j] > pivot) {
                    j--;
                }
                if (i <= j) {
                    double swapped = values[i];
                    values[i++] = values[j];
                    values[j--] = swapped;
                }
            }
            if (index <= j) {
                high = j;
            } else if (index >= i) {
                low = i;
            } else {
                return values[index];
            }
        }
        return values[index];
    }
}
