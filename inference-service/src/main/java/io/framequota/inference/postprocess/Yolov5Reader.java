package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads YOLOv5, YOLOv7 and YOLOX with its decoding step, [1,N,5+C]. A row holds centre x, centre y, width and height in pixels of the
 * picture, the objectness and a score for each class. The score of a box is its objectness times its best class score.
 */
final class Yolov5Reader implements OutputReader {
    private static final int FIXED = 5;

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        // YOLOv5 has the grids of its scales behind the list of all boxes.
        OutputTensor output = outputs.getFirst();
        int[] dims = output.squeezed(2);
        int columns = dims[1];
        if (columns <= FIXED) {
            throw new IllegalArgumentException(
                    "yolov5 expects [1,boxes,5+classes], output " + output.name() + " is " + output.shape());
        }
        float[] row = new float[columns];
        for (long i = 0; i < dims[0]; i++) {
            // Class scores are at most 1, so the objectness alone rules out most rows.
            if (!(output.at(i * columns + 4) >= threshold)) {
                continue;
            }
            output.copy(i * columns, row, columns);
            int best = OutputReader.largest(row, FIXED, columns);
            float score = row[4] * row[best];
            if (score >= threshold) {
                found.addCentred(best - FIXED, score, row[0], row[1], row[2], row[3]);
            }
        }
    }
}
