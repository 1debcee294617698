package io.framequota.inference.postprocess;

import java.util.Arrays;

/** Greedy non-maximum suppression: of two overlapping boxes of a class, the one with the higher score stays. */
final class NonMaximumSuppression {

    /**
     * The boxes that stay, best first. Boxes with equal scores keep their order.
     *
     * @param iou a box is removed when it overlaps a better one of its class by more than this
     */
    static int[] keep(CandidateBoxes candidates, float iou) {
        int[] order = byScore(candidates);
        int kept = 0;
        for (int candidate : order) {
            boolean free = true;
            for (int k = 0; k < kept && free; k++) {
                free = candidates.classId(order[k]) != candidates.classId(candidate)
                        || candidates.iou(order[k], candidate) <= iou;
            }
            if (free) {
                order[kept++] = candidate;
            }
        }
        return Arrays.copyOf(order, kept);
    }

    private static int[] byScore(CandidateBoxes candidates) {
        long[] keys = new long[candidates.size()];
        for (int i = 0; i < keys.length; i++) {
            // The bits of non-negative floats sort like the floats. The index in the lower half makes the order stable.
            long score = Float.floatToIntBits(Math.max(0f, candidates.score(i)));
            keys[i] = -score << 32 | i;
        }
        Arrays.sort(keys);
        int[] order = new int[keys.length];
        for (int i = 0; i < keys.length; i++) {
            order[i] = (int) keys[i];
        }
        return order;
    }

    private NonMaximumSuppression() {}
}
