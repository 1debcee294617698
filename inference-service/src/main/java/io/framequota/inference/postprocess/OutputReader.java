package io.framequota.inference.postprocess;

import io.framequota.inference.triton.OutputTensor;
import java.util.List;

/** Reads one kind of model output into boxes of the model's picture. */
interface OutputReader {
    /**
     * Adds what the outputs hold with a score of at least the threshold.
     *
     * @param width of the model's picture in pixels
     * @param height of the model's picture in pixels
     * @throws IllegalArgumentException when the outputs are not of this kind; one line that says how
     */
    void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found);

    /** The one output that a kind has. */
    static OutputTensor only(List<OutputTensor> outputs, String kind) {
        if (outputs.size() != 1) {
            throw new IllegalArgumentException(kind + " reads one output, the model has " + outputs.size());
        }
        return outputs.getFirst();
    }
}
