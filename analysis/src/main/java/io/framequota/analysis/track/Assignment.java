package io.framequota.analysis.track;

import java.util.Arrays;

/**
 * Assignment of rows to columns with the least total cost: the Hungarian method in the form of shortest augmenting paths
 * (Kuhn 1955; Jonker and Volgenant 1987), O(n&sup2; m).
 */
final class Assignment {
    private Assignment() {}

    /**
     * For each row its column, or -1.
     *
     * @param cost by row and column, finite
     * @param limit pairs that cost more are not made
     */
    static int[] of(double[][] cost, double limit) {
        int rows = cost.length;
        int[] result = new int[rows];
        Arrays.fill(result, -1);
        if (rows == 0 || cost[0].length == 0) {
            return result;
        }
        int columns = cost[0].length;
        // Each row may also stay alone, at the price of the limit: such a column of its own makes the matrix wide
        // enough.
        int width = columns + rows;
        double[] rowPotential = new double[rows + 1];
        double[] columnPotential = new double[width + 1];
        int[] rowOf = new int[width + 1];
        int[] previous = new int[width + 1];
        for (int row = 1; row <= rows; row++) {
            rowOf[0] = row;
            int column = 0;
            double[] least = new double[width + 1];
            Arrays.fill(least, Double.POSITIVE_INFINITY);
            boolean[] used = new boolean[width + 1];
            do {
                used[column] = true;
                int current = rowOf[column];
                double step = Double.POSITIVE_INFINITY;
                int next = 0;
                for (int j = 1; j <= width; j++) {
                    if (!used[j]) {
                        double value = cost(cost, current - 1, j - 1, columns, limit)
                                - rowPotential[current]
                                - columnPotential[j];
                        if (value < least[j]) {
                            least[j] = value;
                            previous[j] = column;
                        }
                        if (least[j] < step) {
                            step = least[j];
                            next = j;
                        }
                    }
                }
                for (int j = 0; j <= width; j++) {
                    if (used[j]) {
                        rowPotential[rowOf[j]] += step;
                        columnPotential[j] -= step;
                    } else {
                        least[j] -= step;
                    }
                }
                column = next;
            } while (rowOf[column] != 0);
            do {
                int before = previous[column];
                rowOf[column] = rowOf[before];
                column = before;
            } while (column != 0);
        }
        for (int j = 1; j <= columns; j++) {
            if (rowOf[j] != 0 && cost[rowOf[j] - 1][j - 1] <= limit) {
                result[rowOf[j] - 1] = j - 1;
            }
        }
        return result;
    }

    private static double cost(double[][] cost, int row, int column, int columns, double limit) {
        if (column < columns) {
            // A pair above the limit is dearer than two rows that stay alone, so it is never made.
            return cost[row][column] <= limit ? cost[row][column] : 2 * limit + 1 + cost[row][column];
        }
        return limit;
    }
}
