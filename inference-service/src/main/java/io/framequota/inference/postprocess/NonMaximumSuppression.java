package io.framequota.inference.postprocess;

import java.util.Arrays;

/** Greedy non-maximum suppression: of boxes of one class that overlap, the better one stays. */
final class NonMaximumSuppression {

    /**
     * The candidates that stay, best first; equal scores keep the order they came in.
     *
     * @param iou overlap above which the lesser of two boxes of a class goes
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
            // Scores are not negative, so their bits sort as they do; the index below makes the order stable.
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
