package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/** Reads one format of model outputs into boxes in pixels of the model's picture. */
interface OutputReader {
    /**
     * Adds the boxes whose score reaches the threshold.
     *
     * @param width of the model's picture in pixels
     * @param height of the model's picture in pixels
     * @throws IllegalArgumentException when the outputs do not have this format; the message is one line with the difference
     */
    void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found);

    /** The only output of a model whose format has one. */
    static OutputTensor only(List<OutputTensor> outputs, String kind) {
        if (outputs.size() != 1) {
            throw new IllegalArgumentException(kind + " reads one output, the model has " + outputs.size());
        }
        return outputs.getFirst();
    }

    /** The index of the largest of {@code row[from..to)}; the first of equal ones. */
    static int largest(float[] row, int from, int to) {
        int best = from;
        for (int i = from + 1; i < to; i++) {
            if (row[i] > row[best]) {
                best = i;
            }
        }
        return best;
    }
}
