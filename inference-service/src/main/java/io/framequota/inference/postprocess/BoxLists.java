package io.framequota.inference.postprocess;

import io.framequota.inference.model.OutputTensor;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Detections in outputs of their own: boxes [1,N,4], scores [1,N] and classes [1,N], with or without the leading 1, and optionally
 * their number in an output whose name contains {@code num}. Outputs are known by their names ({@code box}, {@code score},
 * {@code class} or {@code label}); where the names say nothing, as in files of torchvision, the boxes are what ends in 4, the
 * classes are integers and the scores are floating point.
 */
record BoxLists(OutputTensor boxes, OutputTensor scores, OutputTensor classes, int count) {

    /**
     * Finds the lists among a model's outputs.
     *
     * @param kind for messages: the format that was configured
     * @throws IllegalArgumentException one of them is missing
     */
    static BoxLists of(List<OutputTensor> outputs, String kind) {
        OutputTensor boxes = find(outputs, kind, "boxes [1,N,4]", BoxLists::endsInFour, "box");
        List<OutputTensor> others = outputs.stream().filter(o -> o != boxes).toList();
        OutputTensor scores = find(others, kind, "scores [1,N]", o -> o.type().isFloat(), "score", "conf");
        OutputTensor classes =
                find(others, kind, "classes [1,N]", o -> !o.type().isFloat(), "class", "label", "cls");
        long count = Math.min(boxes.elements() / 4, Math.min(scores.elements(), classes.elements()));
        for (OutputTensor output : others) {
            if (name(output).contains("num") && output.elements() == 1) {
                count = Math.min(count, Math.max(0, (long) output.at(0)));
            }
        }
        return new BoxLists(boxes, scores, classes, Math.toIntExact(count));
    }

    private static OutputTensor find(
            List<OutputTensor> outputs,
            String kind,
            String what,
            Predicate<OutputTensor> looksLikeIt,
            String... parts) {
        for (String part : parts) {
            for (OutputTensor output : outputs) {
                if (name(output).contains(part)) {
                    return output;
                }
            }
        }
        @Nullable OutputTensor only = null;
        for (OutputTensor output : outputs) {
            if (!name(output).contains("num") && looksLikeIt.test(output)) {
                if (only != null) {
                    throw missing(outputs, kind, what, parts[0]);
                }
                only = output;
            }
        }
        if (only == null) {
            throw missing(outputs, kind, what, parts[0]);
        }
        return only;
    }

    private static IllegalArgumentException missing(List<OutputTensor> outputs, String kind, String what, String part) {
        return new IllegalArgumentException(
                kind + " finds no output with " + what + ", named like '" + part + "', among "
                        + outputs.stream().map(o -> o.name() + " " + o.shape()).toList());
    }

    private static boolean endsInFour(OutputTensor output) {
        return output.shape().size() > 1 && output.shape().getLast() == 4;
    }

    private static String name(OutputTensor output) {
        return output.name().toLowerCase(Locale.ROOT);
    }

    /**
     * Adds the boxes whose score reaches the threshold.
     *
     * @param yFirst whether a box is y1, x1, y2, x2
     * @param unitX pixels of the picture for 1 of a horizontal coordinate
     * @param unitY pixels of the picture for 1 of a vertical coordinate
     */
    void addTo(CandidateBoxes found, float threshold, boolean yFirst, float unitX, float unitY) {
        int x = yFirst ? 1 : 0;
        int y = 1 - x;
        for (int i = 0; i < count; i++) {
            if (scores.at(i) >= threshold) {
                long at = 4L * i;
                found.add(
                        (int) classes.at(i),
                        scores.at(i),
                        boxes.at(at + x) * unitX,
                        boxes.at(at + y) * unitY,
                        boxes.at(at + 2 + x) * unitX,
                        boxes.at(at + 2 + y) * unitY);
            }
        }
    }
}
