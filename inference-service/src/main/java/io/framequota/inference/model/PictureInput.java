package io.framequota.inference.model;

import java.util.ArrayList;
import java.util.List;

/**
 * The input of a model that takes one picture.
 *
 * @param tensor the input as the server describes it
 * @param layout order of the dimensions
 * @param height rows, 0 for any
 * @param width columns, 0 for any
 * @param channels 3, or 1 for grey
 * @param multiple height and width of a smaller picture must be multiples of this; 0 when every picture has the full size
 */
public record PictureInput(ModelTensor tensor, Layout layout, int height, int width, int channels, int multiple) {

    /** The order of a picture's dimensions, without the batch. */
    public enum Layout {
        /** Planar: one channel after the other. */
        CHW,
        /** Interleaved: one pixel after the other. */
        HWC
    }

    /**
     * Recognizes a picture by the shape of a tensor: [3,H,W] or [H,W,3], with 1 for grey, after an optional batch of 1.
     *
     * @throws IllegalArgumentException when the tensor is not a picture; the message describes the tensor
     */
    public static PictureInput of(ModelTensor tensor) {
        List<Long> dims = new ArrayList<>(tensor.shape());
        if (dims.size() == 4 && (dims.getFirst() == 1 || dims.getFirst() == -1)) {
            dims.removeFirst();
        }
        if (tensor.type() != DataType.UINT8 && !tensor.type().isFloat()) {
            throw notAPicture(tensor);
        }
        if (dims.size() == 3 && isChannels(dims.get(2))) {
            return new PictureInput(
                    tensor,
                    Layout.HWC,
                    side(dims.get(0)),
                    side(dims.get(1)),
                    dims.get(2).intValue(),
                    0);
        }
        if (dims.size() == 3 && isChannels(dims.get(0))) {
            return new PictureInput(
                    tensor,
                    Layout.CHW,
                    side(dims.get(1)),
                    side(dims.get(2)),
                    dims.get(0).intValue(),
                    0);
        }
        throw notAPicture(tensor);
    }

    /** The same input, for pictures that may be smaller than the full size. */
    public PictureInput withMultiple(int pixels) {
        return new PictureInput(tensor, layout, height, width, channels, pixels);
    }

    /** The smallest picture that holds a frame of this size, at most the full size. */
    public InputSize around(int frameHeight, int frameWidth) {
        return anySize()
                ? new InputSize(frameHeight, frameWidth)
                : new InputSize(side(frameHeight, height), side(frameWidth, width));
    }

    private int side(int frame, int full) {
        return multiple == 0 ? full : Math.min(full, Math.ceilDiv(frame, multiple) * multiple);
    }

    /** The shape of a request with a picture of this size, batch included. */
    public long[] shape(int pictureHeight, int pictureWidth) {
        int rank = tensor.shape().size();
        long[] shape = new long[rank];
        shape[0] = 1;
        boolean planes = layout == Layout.CHW;
        shape[rank - 3] = planes ? channels : pictureHeight;
        shape[rank - 2] = planes ? pictureHeight : pictureWidth;
        shape[rank - 1] = planes ? pictureWidth : channels;
        return shape;
    }

    /** The size in bytes of a picture of this size. */
    public long bytes(int pictureHeight, int pictureWidth) {
        return (long) pictureHeight * pictureWidth * channels * tensor.type().bytes();
    }

    /** Whether the model takes pictures of any size. */
    public boolean anySize() {
        return height == 0 || width == 0;
    }

    private static boolean isChannels(long dim) {
        return dim == 3 || dim == 1;
    }

    private static int side(long dim) {
        return dim < 0 ? 0 : Math.toIntExact(dim);
    }

    private static IllegalArgumentException notAPicture(ModelTensor tensor) {
        return new IllegalArgumentException("input " + tensor.name() + " is " + tensor.type() + " " + tensor.shape()
                + ", not a picture of UINT8, FP16 or FP32 in [3,H,W] or [H,W,3]");
    }
}
