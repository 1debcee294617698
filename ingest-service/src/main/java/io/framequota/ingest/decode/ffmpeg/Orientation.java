package io.framequota.ingest.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.AV_PKT_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avcodec.av_packet_side_data_get;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_DATA_DISPLAYMATRIX;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_side_data;

import io.framequota.ingest.decode.Turn;
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
final class Orientation {
    private final Turn container;
    private Turn current;

    /** @param container what the container says of the stream */
    Orientation(Turn container) {
        this.container = container;
        current = container;
    }

    /** The turn of the frame that was just decoded. A picture's own word holds until the next key frame. */
    Turn of(AVFrame frame, boolean key) {
        AVFrameSideData matrix = av_frame_get_side_data(frame, AV_FRAME_DATA_DISPLAYMATRIX);
        if (matrix != null && !matrix.isNull()) {
            current = turn(matrix.data());
        } else if (key) {
            current = container;
        }
        return current;
    }

    /** The turn among side data of a stream. */
    static Turn among(@Nullable AVPacketSideData all, int number) {
        if (all == null || all.isNull()) {
            return Turn.NONE;
        }
        AVPacketSideData matrix = av_packet_side_data_get(all, number, AV_PKT_DATA_DISPLAYMATRIX);
        return matrix == null || matrix.isNull() ? Turn.NONE : turn(matrix.data());
    }

    private static Turn turn(BytePointer matrix) {
        IntPointer m = new IntPointer(matrix);
        return Turn.ofMatrix(m.get(0), m.get(1), m.get(3), m.get(4));
    }
}
