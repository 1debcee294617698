package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads the output of the built-in people and faces models, [N,6]. Each row is a box in pixels of the picture: x1, y1, x2, y2,
 * score, class.
 */
final class BoxRowsReader implements OutputReader {
    private static final int ROW = 6;

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor rows = OutputReader.only(outputs, "hog or cascade");
        int[] dims = rows.squeezed(2);
        if (dims[1] != ROW) {
            throw new IllegalArgumentException(
                    "hog and cascade expect rows of 6 numbers, output " + rows.name() + " is " + rows.shape());
        }
        for (long at = 0; at < (long) dims[0] * ROW; at += ROW) {
            if (rows.at(at + 4) >= threshold) {
                found.add(
                        (int) rows.at(at + 5),
                        rows.at(at + 4),
                        rows.at(at),
                        rows.at(at + 1),
                        rows.at(at + 2),
                        rows.at(at + 3));
            }
        }
    }
}
