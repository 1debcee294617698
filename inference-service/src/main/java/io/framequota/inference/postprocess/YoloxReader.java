package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads YOLOX exported without its decoding step, [1,N,5+C]. Rows come by stride 8, 16, 32, and within a stride row by row of
 * the grid. A row holds the encoded centre and size (xy = (xy + grid) * stride, wh = exp(wh) * stride), the objectness and a
 * score for each class. The score of a box is its objectness times its best class score.
 */
final class YoloxReader implements OutputReader {
    private static final int[] STRIDES = {8, 16, 32};

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor output = OutputReader.only(outputs, "yolox");
        int[] dims = output.squeezed(2);
        int columns = dims[1];
        int cells = 0;
        for (int stride : STRIDES) {
            cells += (height / stride) * (width / stride);
        }
        if (dims[0] != cells || columns < 6) {
            throw new IllegalArgumentException("yolox expects [1," + cells + ",5+classes] for a picture of " + width
                    + "x" + height + ", output " + output.name() + " is " + output.shape());
        }
        float[] row = new float[columns];
        long at = 0;
        for (int stride : STRIDES) {
            for (int y = 0; y < height / stride; y++) {
                for (int x = 0; x < width / stride; x++, at += columns) {
                    // Class scores are at most 1, so the objectness alone rules out most rows.
                    if (output.at(at + 4) >= threshold) {
                        output.copy(at, row, columns);
                        addBox(row, x, y, stride, threshold, found);
                    }
                }
            }
        }
    }

    private static void addBox(float[] row, int x, int y, int stride, float threshold, CandidateBoxes found) {
        int best = OutputReader.largest(row, 5, row.length);
        float score = row[4] * row[best];
        if (!(score >= threshold)) {
            return;
        }
        float centreX = (row[0] + x) * stride;
        float centreY = (row[1] + y) * stride;
        found.addCentred(
                best - 5,
                score,
                centreX,
                centreY,
                (float) Math.exp(row[2]) * stride,
                (float) Math.exp(row[3]) * stride);
    }
}
