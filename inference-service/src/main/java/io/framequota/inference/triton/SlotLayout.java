package io.framequota.inference.triton;

import io.framequota.contract.topic.Topics;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelTensor;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.PictureInput;
import java.util.ArrayList;
import java.util.List;

/**
 * The places of the input and the outputs in a slot, in bytes from its start.
 *
 * @param inputBytes room for the picture
 * @param outputs place of each output, in the model's order
 * @param bytes size of the slot
 */
record SlotLayout(long inputBytes, List<Place> outputs, long bytes) {
    private static final long ALIGNMENT = 4096;
    /** Output rows with six floats: more boxes than the built-in models find in a picture. */
    private static final long BOX_ROWS = 64 * 1024;

    /**
     * A part of a slot. It has no bytes when the size of the output is not known in advance; the output comes in the response
     * then.
     */
    record Place(long offset, long bytes) {}

    static SlotLayout of(ModelSpec model) {
        long input = inputBytes(model);
        long at = align(input);
        List<Place> outputs = new ArrayList<>();
        for (ModelTensor output : model.outputs()) {
            long bytes = outputBytes(model.outputFormat(), output);
            outputs.add(new Place(at, bytes));
            at += align(bytes);
        }
        return new SlotLayout(input, List.copyOf(outputs), at);
    }

    private static long inputBytes(ModelSpec model) {
        PictureInput input = model.input();
        if (!input.anySize()) {
            return input.bytes(input.height(), input.width());
        }
        // A frame fits in a record, whatever its size.
        long largest = Topics.MAX_RECORD_BYTES;
        if (model.maxSide() > 0) {
            largest = Math.min(largest, (long) model.maxSide() * model.maxSide() * input.channels());
        }
        return largest * input.tensor().type().bytes();
    }

    private static long outputBytes(OutputFormat outputFormat, ModelTensor output) {
        boolean rows = outputFormat == OutputFormat.HOG || outputFormat == OutputFormat.CASCADE;
        return output.bytes().orElse(rows ? BOX_ROWS : 0);
    }

    private static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
