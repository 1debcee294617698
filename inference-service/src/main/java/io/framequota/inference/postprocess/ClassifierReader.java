package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads a classifier, [1,C] or [1,C,1,1]: the best class, with the whole picture as its box. Numbers that are probabilities are
 * taken as they are, others are logits, whose softmax is the score.
 */
final class ClassifierReader implements OutputReader {
    private static final float ROUNDING = 0.01f;

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor output = OutputReader.only(outputs, "classifier");
        long classes = output.elements();
        if (classes < 2 || output.shape().stream().noneMatch(dim -> dim == classes)) {
            throw new IllegalArgumentException(
                    "classifier expects [1,classes], output " + output.name() + " is " + output.shape());
        }
        float[] values = new float[Math.toIntExact(classes)];
        output.copy(0, values, values.length);
        int best = OutputReader.largest(values, 0, values.length);
        float score = score(values, best);
        if (score >= threshold) {
            found.add(best, score, 0, 0, width, height);
        }
    }

    private static float score(float[] values, int best) {
        double sum = 0;
        double exponentials = 0;
        boolean negative = false;
        for (float value : values) {
            sum += value;
            exponentials += Math.exp(value - values[best]);
            negative |= value < 0;
        }
        return negative || Math.abs(sum - 1) > ROUNDING ? (float) (1 / exponentials) : values[best];
    }
}
