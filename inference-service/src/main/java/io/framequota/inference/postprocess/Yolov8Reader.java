package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.Arrays;
import java.util.List;

/**
 * Reads YOLOv8 and related models, [1,4+C,N]. Each column is a box: centre x, centre y, width and height in pixels of the
 * picture, then a score for each class. The best class counts.
 */
final class Yolov8Reader implements OutputReader {
    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor output = OutputReader.only(outputs, "yolov8");
        int[] dims = output.squeezed(2);
        int boxes = dims[1];
        if (dims[0] < 5) {
            throw new IllegalArgumentException(
                    "yolov8 expects [1,4+classes,boxes], output " + output.name() + " is " + output.shape());
        }
        float[] scores = new float[boxes];
        int[] classes = new int[boxes];
        float[] row = new float[boxes];
        Arrays.fill(scores, Float.NEGATIVE_INFINITY);
        // Class by class, which is the order of the scores in memory.
        for (int c = 0; c < dims[0] - 4; c++) {
            output.copy((4L + c) * boxes, row, boxes);
            for (int i = 0; i < boxes; i++) {
                if (row[i] > scores[i]) {
                    scores[i] = row[i];
                    classes[i] = c;
                }
            }
        }
        for (int i = 0; i < boxes; i++) {
            if (scores[i] >= threshold) {
                float x = output.at(i);
                float y = output.at(i + (long) boxes);
                float halfWidth = output.at(i + 2L * boxes) / 2;
                float halfHeight = output.at(i + 3L * boxes) / 2;
                found.add(classes[i], scores[i], x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight);
            }
        }
    }
}
