package io.framequota.inference.triton;

import io.framequota.contract.topic.Topics;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelTensor;
import io.framequota.inference.model.OutputFormat;
import io.framequota.inference.model.PictureInput;
import java.util.ArrayList;
import java.util.List;

/**
 * Where input and outputs of one slot lie, in bytes from its start.
 *
 * @param inputBytes room for the picture
 * @param outputs place of each output, in the model's order
 * @param bytes of the slot
 */
record SlotLayout(long inputBytes, List<Place> outputs, long bytes) {
    private static final long ALIGNMENT = 4096;
    /** More boxes than the built-in models find in a picture, six floats each. */
    private static final long BOX_ROWS = 64 * 1024;

    /** A part of a slot; of no bytes where the output's size is not known before and it comes in the response. */
    record Place(long offset, long bytes) {}

    static SlotLayout of(ModelSpec model) {
        long input = inputBytes(model);
        long at = align(input);
        List<Place> outputs = new ArrayList<>();
        for (ModelTensor output : model.outputs()) {
            long bytes = outputBytes(model.decoding(), output);
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
        // A frame is no larger than a record, whatever its sides.
        long largest = Topics.MAX_RECORD_BYTES;
        if (model.maxSide() > 0) {
            largest = Math.min(largest, (long) model.maxSide() * model.maxSide() * input.channels());
        }
        return largest * input.tensor().type().bytes();
    }

    private static long outputBytes(OutputFormat decoding, ModelTensor output) {
        boolean rows = decoding == OutputFormat.HOG || decoding == OutputFormat.CASCADE;
        return output.bytes().orElse(rows ? BOX_ROWS : 0);
    }

    private static long align(long bytes) {
        return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    }
}
