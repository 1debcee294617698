package io.framequota.inferenceserver.entry;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * To which family the outputs of a model belong.
 *
 * @param classes number of classes, 0 when the outputs do not tell
 * @param reason what speaks for it, in some words
 */
record FamilyGuess(OutputFamily family, int classes, String reason) {
    private static final int[] STRIDES = {8, 16, 32};
    /** Models without suppression answer with a few hundred boxes, those with grids with thousands. */
    private static final int MOST_QUERIES = 1000;

    private static FamilyGuess of(OutputFamily family, long classes, String reason) {
        return new FamilyGuess(family, Math.toIntExact(classes), reason);
    }

    /**
     * Guesses from the outputs for one picture.
     *
     * @param outputs of a run with a grey picture
     * @param width of that picture in pixels
     * @param height of that picture in pixels
     */
    static Optional<FamilyGuess> of(List<Tensor> outputs, int width, int height) {
        if (outputs.size() == 1) {
            return ofOne(outputs.getFirst(), width, height);
        }
        // YOLOv5 has the grids of its scales behind the list of all boxes.
        Tensor first = outputs.getFirst();
        boolean grids = outputs.stream().skip(1).allMatch(o -> o.shape().size() == 5);
        return grids && first.shape().size() == 3 ? ofOne(first, width, height) : ofLists(outputs);
    }

    private static Optional<FamilyGuess> ofOne(Tensor output, int width, int height) {
        List<Long> dims = output.shape();
        int rank = dims.size();
        boolean one = rank > 1 && dims.getFirst() == 1;
        if (rank == 4 && one && dims.get(1) == 1 && dims.get(3) == 7) {
            return Optional.of(of(OutputFamily.SSD, 0, "one list with rows of picture, class, score and box"));
        }
        if (rank == 2 && dims.get(1) == 7) {
            return Optional.of(of(OutputFamily.END_TO_END, 0, "one list with rows of picture, box, class and score"));
        }
        if (rank == 3 && one && dims.get(2) == 6 || rank == 2 && dims.get(1) == 6 && dims.getFirst() != 1) {
            return Optional.of(of(OutputFamily.END_TO_END, 0, "one list with rows of box, score and class"));
        }
        if (rank == 3 && one) {
            return ofGrid(output, dims.get(1), dims.get(2), width, height);
        }
        long elements = Shapes.elements(dims);
        boolean vector = rank <= 4 && elements > 1 && dims.contains(elements);
        return vector
                ? Optional.of(of(OutputFamily.CLASSIFIER, elements, "one number for each of " + elements + " classes"))
                : Optional.empty();
    }

    private static Optional<FamilyGuess> ofGrid(Tensor output, long rows, long columns, int width, int height) {
        long cells = 0;
        for (int stride : STRIDES) {
            cells += (long) (height / stride) * (width / stride);
        }
        if (rows == cells && columns > 5) {
            boolean encoded = encoded(output, columns);
            return Optional.of(of(
                    encoded ? OutputFamily.YOLOX : OutputFamily.YOLOV5,
                    columns - 5,
                    "a row for each of " + cells + " cells of three grids, with boxes "
                            + (encoded ? "still to be decoded" : "in pixels")));
        }
        if (rows == 3 * cells && columns > 5) {
            return Optional.of(of(OutputFamily.YOLOV5, columns - 5, "three rows for each cell of three grids"));
        }
        if (columns == cells && rows > 4) {
            return Optional.of(
                    of(OutputFamily.YOLOV8, rows - 4, "a column for each of " + cells + " cells of three grids"));
        }
        if (rows <= MOST_QUERIES && columns > 4 && rows > columns) {
            return Optional.of(
                    of(OutputFamily.RT_DETR, columns - 4, "rows of box and classes for " + rows + " queries"));
        }
        return Optional.empty();
    }

    /** Whether the first column has distances from cells, not places in the picture: those are near half its width on average. */
    private static boolean encoded(Tensor output, long columns) {
        if (output.type() != DataType.TYPE_FP32) {
            return true;
        }
        FloatBuffer values =
                output.data().duplicate().order(ByteOrder.nativeOrder()).asFloatBuffer();
        long rows = values.remaining() / columns;
        double sum = 0;
        for (int i = 0; i < rows; i++) {
            sum += values.get(Math.toIntExact(columns * i));
        }
        return Math.abs(sum / rows) < STRIDES[0];
    }

    private static Optional<FamilyGuess> ofLists(List<Tensor> outputs) {
        List<Tensor> boxes = outputs.stream()
                .filter(o -> o.shape().size() > 1 && o.shape().getLast() == 4)
                .toList();
        if (boxes.size() != 1) {
            return Optional.empty();
        }
        Tensor box = boxes.getFirst();
        if (outputs.size() == 2) {
            Tensor other = outputs.get(outputs.getFirst() == box ? 1 : 0);
            boolean queries = other.shape().size() == 3
                    && other.shape()
                            .subList(0, 2)
                            .equals(box.shape().subList(0, box.shape().size() - 1));
            return queries
                    ? Optional.of(of(
                            OutputFamily.RT_DETR,
                            other.shape().getLast(),
                            "boxes, and a number for each class, of "
                                    + other.shape().get(1) + " queries"))
                    : Optional.empty();
        }
        boolean scores = outputs.stream().anyMatch(o -> name(o).contains("score") || name(o).contains("conf"));
        boolean integers =
                outputs.stream().anyMatch(o -> o.type() == DataType.TYPE_INT64 || o.type() == DataType.TYPE_INT32);
        if (!scores && !integers) {
            return Optional.empty();
        }
        return Optional.of(
                name(box).contains("detection")
                        ? of(OutputFamily.SSD, 0, "lists of boxes, scores and classes, named as TensorFlow does")
                        : of(
                                OutputFamily.END_TO_END,
                                0,
                                "lists of boxes, scores and classes; if the boxes are fractions of the picture, give"
                                        + " --postprocess ssd"));
    }

    private static String name(Tensor output) {
        return output.name().toLowerCase(Locale.ROOT);
    }
}
