package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_JPEG;
import static org.bytedeco.ffmpeg.global.avutil.AVCOL_RANGE_UNSPECIFIED;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_BGR24;
import static org.bytedeco.ffmpeg.global.avutil.AV_PIX_FMT_RGB24;
import static org.bytedeco.ffmpeg.global.avutil.av_free;
import static org.bytedeco.ffmpeg.global.avutil.av_malloc;
import static org.bytedeco.ffmpeg.global.swscale.SWS_BICUBIC;
import static org.bytedeco.ffmpeg.global.swscale.sws_freeContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_getCoefficients;
import static org.bytedeco.ffmpeg.global.swscale.sws_getContext;
import static org.bytedeco.ffmpeg.global.swscale.sws_scale;
import static org.bytedeco.ffmpeg.global.swscale.sws_setColorspaceDetails;

import io.framequota.media.decode.DecodedPicture;
import io.framequota.media.decode.Orientation;
import io.framequota.media.decode.PixelOrder;
import java.lang.foreign.MemorySegment;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.swscale.SwsContext;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.DoublePointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.jspecify.annotations.Nullable;

/**
 * Converts a decoded frame to packed 8-bit pixels of the same size. Uses the flags of OpenCV's VideoCapture, so the pixels are those
 * that a Python program sees. Owns the memory of one picture, which is reused for each frame.
 */
final class PixelConverter implements AutoCloseable {
    /** Alignment of rows; vector code may also write so many bytes behind the last pixel. */
    private static final int ALIGN = 64;

    private @Nullable SwsContext context;
    private @Nullable Conversion conversion;
    private @Nullable Pointer memory;
    private long capacity;
    private @Nullable MemorySegment pixels;
    private @Nullable PointerPointer<Pointer> targets;
    private final IntPointer strides = new IntPointer(4);

    DecodedPicture convert(AVFrame frame, PixelOrder order, Orientation orientation) {
        int width = frame.width();
        int height = frame.height();
        int stride = (width * 3 + ALIGN - 1) / ALIGN * ALIGN;
        MemorySegment segment = memory((long) stride * height + ALIGN);
        strides.put(0, stride);
        sws_scale(contextFor(frame, order), frame.data(), frame.linesize(), 0, height, targets, strides);
        return new DecodedPicture(segment, width, height, stride, orientation);
    }

    private SwsContext contextFor(AVFrame frame, PixelOrder order) {
        Conversion wanted = new Conversion(
                frame.width(), frame.height(), frame.format(), frame.colorspace(), frame.color_range(), order);
        SwsContext current = context;
        if (current != null && wanted.equals(conversion)) {
            return current;
        }
        sws_freeContext(context);
        context = null;
        SwsContext fresh = wanted.open();
        context = fresh;
        conversion = wanted;
        return fresh;
    }

    private MemorySegment memory(long bytes) {
        MemorySegment current = pixels;
        if (current != null && bytes <= capacity) {
            return current;
        }
        av_free(memory);
        Pointer fresh = av_malloc(bytes);
        if (fresh == null || fresh.isNull()) {
            throw new OutOfMemoryError("no " + bytes + " bytes for a picture");
        }
        memory = fresh;
        capacity = bytes;
        if (targets == null) {
            targets = new PointerPointer<>(4);
        }
        targets.put(0, new BytePointer(fresh));
        MemorySegment segment = MemorySegment.ofAddress(fresh.address()).reinterpret(bytes);
        pixels = segment;
        return segment;
    }

    @Override
    public void close() {
        av_free(memory);
        memory = null;
        pixels = null;
        capacity = 0;
        sws_freeContext(context);
        context = null;
        strides.close();
        if (targets != null) {
            targets.close();
        }
    }

    /** Everything that a conversion depends on; format, matrix and range are FFmpeg's numbers. */
    private record Conversion(int width, int height, int format, int matrix, int range, PixelOrder order) {
        private static final int NO_CHANGE = 1 << 16;

        SwsContext open() {
            SwsContext context = sws_getContext(
                    width,
                    height,
                    format,
                    width,
                    height,
                    order == PixelOrder.RGB ? AV_PIX_FMT_RGB24 : AV_PIX_FMT_BGR24,
                    SWS_BICUBIC,
                    null,
                    null,
                    (DoublePointer) null);
            if (context == null || context.isNull()) {
                throw new IllegalStateException("no conversion from pixel format " + format);
            }
            // Without this swscale takes every frame for BT.601.
            IntPointer table = sws_getCoefficients(matrix);
            int full = range == AVCOL_RANGE_UNSPECIFIED ? context.src_range() : range == AVCOL_RANGE_JPEG ? 1 : 0;
            sws_setColorspaceDetails(context, table, full, table, context.dst_range(), 0, NO_CHANGE, NO_CHANGE);
            return context;
        }
    }
}
