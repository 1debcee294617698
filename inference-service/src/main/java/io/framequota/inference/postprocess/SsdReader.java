package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;

/**
 * Reads the two common formats of SSD. Boxes are fractions of the picture.
 *
 * <ul>
 *   <li>One output [1,1,N,7] with rows of picture, class, score, x1, y1, x2, y2. A negative picture ends the list.
 *   <li>Several outputs ({@link BoxLists}). A box is y1, x1, y2, x2 when the name of its output contains {@code detection}, as
 *       TensorFlow writes it, and x1, y1, x2, y2 otherwise.
 * </ul>
 */
final class SsdReader implements OutputReader {
    private static final int ROW = 7;

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        if (outputs.size() == 1) {
            readRows(outputs.getFirst(), width, height, threshold, found);
            return;
        }
        BoxLists lists = BoxLists.of(outputs, "ssd");
        lists.addTo(found, threshold, lists.boxes().name().contains("detection"), width, height);
    }

    private static void readRows(OutputTensor rows, int width, int height, float threshold, CandidateBoxes found) {
        int[] dims = rows.squeezed(2);
        if (dims[1] != ROW) {
            throw new IllegalArgumentException(
                    "ssd expects [1,1,N,7] of a single output, " + rows.name() + " is " + rows.shape());
        }
        for (long at = 0; at < (long) dims[0] * ROW && rows.at(at) >= 0; at += ROW) {
            if (rows.at(at + 2) >= threshold) {
                found.add(
                        (int) rows.at(at + 1),
                        rows.at(at + 2),
                        rows.at(at + 3) * width,
                        rows.at(at + 4) * height,
                        rows.at(at + 5) * width,
                        rows.at(at + 6) * height);
            }
        }
    }
}
