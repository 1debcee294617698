package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;

import io.framequota.media.decode.Orientation;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * Finds the orientation of each frame. FFmpeg attaches one matrix to a frame: the picture's own (EXIF, an SEI message) where it has
 * one, else the container's. So no orientation is applied twice.
 */
final class FrameOrientation {
    private final Orientation container;
    private Orientation current;

    /** @param container orientation that the container states for the stream */
    FrameOrientation(Orientation container) {
        this.container = container;
        current = container;
    }

    /** The orientation of the frame that was just decoded. That of a picture holds until the next key frame. */
    Orientation of(AVFrame frame, boolean key) {
        AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix != null && !matrix.isNull()) {
            current = orientation(matrix.data());
        } else if (key) {
            current = container;
        }
        return current;
    }

    /** The orientation in the side data of a stream; upright when there is none. */
    static Orientation ofSideData(@Nullable AVPacketSideData all, int number) {
        if (all == null || all.isNull()) {
            return Orientation.UPRIGHT;
        }
        AVPacketSideData matrix = av_packet_side_data_get(all, number, AV_PKT_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull() ? Orientation.UPRIGHT : orientation(matrix.data());
    }

    private static Orientation orientation(BytePointer matrix) {
        IntPointer m = new IntPointer(matrix);
        return Orientation.ofMatrix(m.get(0), m.get(1), m.get(3), m.get(4));
    }
}
