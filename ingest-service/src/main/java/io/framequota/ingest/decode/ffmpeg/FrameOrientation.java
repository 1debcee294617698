package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;

import io.framequota.ingest.decode.Orientation;
import org.bytedeco.ffmpeg.avcodec.AVPacketSideData;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVFrameSideData;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.IntPointer;
import org.jspecify.annotations.Nullable;

/**
 * The turn that a source asks for. FFmpeg puts one matrix on each frame: the picture's own (EXIF, an SEI message) where it
 * has one, else the container's. So nothing is turned twice.
 */
final class FrameOrientation {
    private final Orientation container;
    private Orientation current;

    /** @param container what the container says of the stream */
    FrameOrientation(Orientation container) {
        this.container = container;
        current = container;
    }

    /** The turn of the frame that was just decoded. A picture's own word holds until the next key frame. */
    Orientation of(AVFrame frame, boolean key) {
        AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix != null && !matrix.isNull()) {
            current = turn(matrix.data());
        } else if (key) {
            current = container;
        }
        return current;
    }

    /** The turn among side data of a stream. */
    static Orientation among(@Nullable AVPacketSideData all, int number) {
        if (all == null || all.isNull()) {
            return Orientation.NONE;
        }
        AVPacketSideData matrix = av_packet_side_data_get(all, number, AV_PKT_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull() ? Orientation.NONE : turn(matrix.data());
    }

    private static Orientation turn(BytePointer matrix) {
        IntPointer m = new IntPointer(matrix);
        return Orientation.ofMatrix(m.get(0), m.get(1), m.get(3), m.get(4));
    }
}
