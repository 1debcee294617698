package io.framequota.inferenceserver.entry;

import io.framequota.contract.kserve.DataType;
import io.framequota.inferenceserver.backend.TensorSpec;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A model's only input as a picture.
 *
 * @param batch whether the shape begins with the number of pictures
 * @param planes whether the channels come before the rows (NCHW) or last (NHWC)
 * @param height in pixels, 0 for any
 * @param width in pixels, 0 for any
 */
record PictureShape(TensorSpec input, boolean batch, boolean planes, int height, int width, int channels) {
    private static final List<DataType> TYPES = List.of(DataType.TYPE_UINT8, DataType.TYPE_FP16, DataType.TYPE_FP32);

    /** The picture, when workers can use the input as one. */
    static Optional<PictureShape> of(TensorSpec input) {
        List<Long> dims = input.shape();
        boolean batch = dims.size() == 4 && (dims.getFirst() == 1 || dims.getFirst() == -1);
        List<Long> picture = batch ? dims.subList(1, 4) : dims;
        if (picture.size() != 3 || !TYPES.contains(input.type())) {
            return Optional.empty();
        }
        if (isChannels(picture.get(2))) {
            return Optional.of(of(input, batch, false, picture.get(0), picture.get(1), picture.get(2)));
        }
        return isChannels(picture.get(0))
                ? Optional.of(of(input, batch, true, picture.get(1), picture.get(2), picture.get(0)))
                : Optional.empty();
    }

    private static PictureShape of(
            TensorSpec input, boolean batch, boolean planes, long height, long width, long channels) {
        return new PictureShape(
                input,
                batch,
                planes,
                Math.toIntExact(Math.max(0, height)),
                Math.toIntExact(Math.max(0, width)),
                Math.toIntExact(channels));
    }

    private static boolean isChannels(long dim) {
        return dim == 3 || dim == 1;
    }

    boolean anySize() {
        return height == 0 || width == 0;
    }

    /** The same input for pictures of one size. */
    PictureShape sized(PictureSize size) {
        return new PictureShape(input, batch, planes, size.height(), size.width(), channels);
    }

    /**
     * The shape with the picture's size filled in.
     *
     * @param first the batch, if the input has one
     */
    List<Long> dims(long first) {
        List<Long> dims = new ArrayList<>();
        if (batch) {
            dims.add(first);
        }
        long rows = height == 0 ? -1 : height;
        long columns = width == 0 ? -1 : width;
        dims.addAll(planes ? List.of((long) channels, rows, columns) : List.of(rows, columns, (long) channels));
        return dims;
    }
}
