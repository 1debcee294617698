package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;
import java.util.Locale;

/**
 * Reads the two common formats of SSD. Boxes are fractions of the picture.
 *
 * <ul>
 *   <li>One output [1,1,N,7] with rows of picture, class, score, x1, y1, x2, y2. A negative picture ends the list.
 *   <li>Several outputs: the one whose name contains {@code box} has the shape [1,N,4], {@code score} [1,N], and {@code class}
 *       or {@code label} [1,N]. An optional output whose name contains {@code num} has the number of boxes. A box is y1, x1,
 *       y2, x2 when the name of its output contains {@code detection}, as TensorFlow writes it, and x1, y1, x2, y2 otherwise.
 * </ul>
 */
final class SsdReader implements OutputReader {
    private static final int ROW = 7;

    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        if (outputs.size() == 1) {
            readRows(outputs.getFirst(), width, height, threshold, found);
        } else {
            readLists(outputs, width, height, threshold, found);
        }
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

    private static void readLists(
            List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor boxes = named(outputs, "box");
        OutputTensor scores = named(outputs, "score");
        OutputTensor classes = named(outputs, "class", "label");
        int first = boxes.name().contains("detection") ? 1 : 0;
        long count = Math.min(boxes.elements() / 4, Math.min(scores.elements(), classes.elements()));
        for (OutputTensor output : outputs) {
            if (output.name().contains("num") && output.elements() == 1) {
                count = Math.min(count, (long) output.at(0));
            }
        }
        for (int i = 0; i < count; i++) {
            if (scores.at(i) >= threshold) {
                long at = 4L * i;
                found.add(
                        (int) classes.at(i),
                        scores.at(i),
                        boxes.at(at + first) * width,
                        boxes.at(at + 1 - first) * height,
                        boxes.at(at + 2 + first) * width,
                        boxes.at(at + 3 - first) * height);
            }
        }
    }

    private static OutputTensor named(List<OutputTensor> outputs, String... parts) {
        for (OutputTensor output : outputs) {
            for (String part : parts) {
                if (output.name().toLowerCase(Locale.ROOT).contains(part)) {
                    return output;
                }
            }
        }
        throw new IllegalArgumentException("ssd finds no output named like '" + parts[0] + "' among "
                + outputs.stream().map(OutputTensor::name).toList());
    }
}
