package io.framequota.analysis.track;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

class AssignmentTest {
    @Test
    void theTotalCostIsTheLeastOfAllAssignments() {
        Random random = new Random(1);
        for (int round = 0; round < 500; round++) {
            double[][] cost = new double[random.nextInt(6)][1 + random.nextInt(5)];
            for (double[] row : cost) {
                for (int j = 0; j < row.length; j++) {
                    row[j] = random.nextDouble();
                }
            }
            double limit = 0.3 + random.nextDouble();

            int[] found = Assignment.of(cost, limit);

            assertThat(total(cost, found, limit))
                    .as("round %d", round)
                    .isCloseTo(least(cost, 0, 0, limit), within(1e-9));
            for (int i = 0; i < found.length; i++) {
                assertThat(found[i] < 0 || cost[i][found[i]] <= limit).isTrue();
            }
        }
    }

    @Test
    void withoutRowsOrColumnsNothingIsAssigned() {
        assertThat(Assignment.of(new double[0][], 1)).isEmpty();
        assertThat(Assignment.of(new double[2][0], 1)).containsExactly(-1, -1);
    }

    /** A row without a partner costs the limit. */
    private static double total(double[][] cost, int[] assigned, double limit) {
        double sum = 0;
        for (int i = 0; i < assigned.length; i++) {
            sum += assigned[i] < 0 ? limit : cost[i][assigned[i]];
        }
        return sum;
    }

    private static double least(double[][] cost, int row, int taken, double limit) {
        if (row == cost.length) {
            return 0;
        }
        double best = limit + least(cost, row + 1, taken, limit);
        for (int j = 0; j < cost[row].length; j++) {
            if ((taken & 1 << j) == 0 && cost[row][j] <= limit) {
                best = Math.min(best, cost[row][j] + least(cost, row + 1, taken | 1 << j, limit));
            }
        }
        return best;
    }
}
