package io.framequota.scheduler.simulator;

/** Percentiles by nearest rank, without sorting everything. */
public final class Quantiles {
    private Quantiles() {}

    /** The smallest value that at least a fraction {@code q} of all are not above, 0 of none. Reorders the values. */
    public static double of(double[] values, double q) {
        return values.length == 0 ? 0 : select(values, (int) Math.max(0, Math.ceil(q * values.length) - 1));
    }

    /** The value that would stand at an index if all were sorted (Hoare's selection, median of three). */
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
