package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;
import java.util.Locale;

/**
 * Reads RT-DETR and models like it, which need no suppression. A box is centre x, centre y, width and height as fractions of the
 * picture.
 *
 * <ul>
 *   <li>One output [1,N,4+C]: a box and a score for each class in every row.
 *   <li>Two outputs: boxes [1,N,4], and [1,N,C] with a number for each class: scores when the output's name contains {@code score} or
 *       {@code prob}, otherwise logits, whose sigmoid is the score.
 * </ul>
 */
final class RtDetrReader implements OutputReader {
    @Override
    public void read(List<OutputTensor> outputs, int width, int height, float threshold, CandidateBoxes found) {
        OutputTensor boxes = outputs.getFirst();
        OutputTensor classes = boxes;
        if (outputs.size() > 1) {
            boxes = byLastDimension(outputs, true);
            classes = byLastDimension(outputs, false);
        }
        int[] boxDims = boxes.squeezed(2);
        int[] classDims = classes.squeezed(2);
        int skip = boxes == classes ? 4 : 0;
        if (boxDims[0] != classDims[0] || classDims[1] <= skip) {
            throw wrong(outputs);
        }
        String name = classes.name().toLowerCase(Locale.ROOT);
        boolean logits = boxes != classes && !name.contains("score") && !name.contains("prob");
        float least = logits ? (float) Math.log(threshold / (1 - threshold)) : threshold;
        float[] row = new float[classDims[1]];
        for (int i = 0; i < boxDims[0]; i++) {
            classes.copy((long) i * row.length, row, row.length);
            int best = OutputReader.largest(row, skip, row.length);
            if (row[best] >= least) {
                float score = logits ? (float) (1 / (1 + Math.exp(-row[best]))) : row[best];
                long at = (long) i * boxDims[1];
                found.addCentred(
                        best - skip,
                        score,
                        boxes.at(at) * width,
                        boxes.at(at + 1) * height,
                        boxes.at(at + 2) * width,
                        boxes.at(at + 3) * height);
            }
        }
    }

    private static OutputTensor byLastDimension(List<OutputTensor> outputs, boolean boxes) {
        // A model of four classes has two outputs that end in 4: then the names decide.
        List<OutputTensor> fours = outputs.stream()
                .filter(o -> o.shape().getLast() == 4)
                .filter(o ->
                        outputs.stream().filter(p -> p.shape().getLast() == 4).count() == 1
                                || o.name().toLowerCase(Locale.ROOT).contains("box"))
                .toList();
        if (fours.size() != 1) {
            throw wrong(outputs);
        }
        OutputTensor box = fours.getFirst();
        return boxes
                ? box
                : outputs.stream()
                        .filter(o -> o != box && o.shape().size() == box.shape().size())
                        .findFirst()
                        .orElseThrow(() -> wrong(outputs));
    }

    private static IllegalArgumentException wrong(List<OutputTensor> outputs) {
        return new IllegalArgumentException(
                "rt-detr expects [1,N,4+classes], or boxes [1,N,4] and classes [1,N,classes];"
                        + " the outputs are "
                        + outputs.stream().map(o -> o.name() + " " + o.shape()).toList());
    }
}
