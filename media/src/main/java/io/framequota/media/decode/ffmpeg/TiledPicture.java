package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avcodec.av_packet_unref;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_free_context;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_receive_frame;
import static org.bytedeco.ffmpeg.global.avcodec.avcodec_send_packet;
import static org.bytedeco.ffmpeg.global.avformat.av_read_frame;
import static org.bytedeco.ffmpeg.global.avutil.AV_FRAME_CROP_UNALIGNED;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_alloc;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_apply_cropping;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_copy_props;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_free;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_get_buffer;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_move_ref;
import static org.bytedeco.ffmpeg.global.avutil.av_frame_unref;
import static org.bytedeco.ffmpeg.global.avutil.av_image_copy_plane;
import static org.bytedeco.ffmpeg.global.avutil.av_image_fill_black;
import static org.bytedeco.ffmpeg.global.avutil.av_image_get_linesize;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_count_planes;
import static org.bytedeco.ffmpeg.global.avutil.av_pix_fmt_desc_get;

import io.framequota.media.decode.SourceException;
import java.util.HashMap;
import java.util.Map;
import org.bytedeco.ffmpeg.avcodec.AVCodecContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.bytedeco.ffmpeg.avformat.AVStreamGroupTileGrid;
import org.bytedeco.ffmpeg.avutil.AVFrame;
import org.bytedeco.ffmpeg.avutil.AVPixFmtDescriptor;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.SizeTPointer;

/** Composes a picture whose tiles are separate streams, as in large AVIF and HEIF pictures. */
final class TiledPicture {
    private final NativeVideo video;
    private final AVStreamGroup group;
    private final AVStreamGroupTileGrid grid;
    private boolean damaged;

    TiledPicture(NativeVideo video, AVStreamGroup group) {
        this.video = video;
        this.group = group;
        this.grid = group.params_tile_grid();
    }

    /**
     * Decodes every tile and puts the whole picture into a frame.
     *
     * @return false when no tile can be decoded
     */
    boolean compose(AVFrame target) throws SourceException {
        Map<Integer, Integer> members = new HashMap<>();
        for (int i = 0; i < group.nb_streams(); i++) {
            members.put(group.streams(i).index(), i);
        }
        boolean[] there = new boolean[group.nb_streams()];
        AVFrame whole = av_frame_alloc();
        AVFrame tile = av_frame_alloc();
        try {
            while (av_read_frame(video.format, video.packet) >= 0) {
                Integer member = members.get(video.packet.stream_index());
                if (member != null && !there[member] && decode(group.streams(member), tile)) {
                    there[member] = place(member, tile, whole);
                    av_frame_unref(tile);
                }
                av_packet_unref(video.packet);
            }
            boolean any = false;
            for (boolean t : there) {
                any |= t;
                damaged |= !t;
            }
            if (any) {
                crop(whole);
                av_frame_move_ref(target, whole);
            }
            return any;
        } finally {
            av_frame_free(tile);
            av_frame_free(whole);
        }
    }

    /** Whether tiles are missing. */
    boolean damaged() {
        return damaged;
    }

    private boolean decode(AVStream stream, AVFrame tile) throws SourceException {
        AVCodecContext decoder =
                CodecContexts.open(stream.codecpar(), stream.time_base(), 1, 0, video.name(), video.limits());
        try {
            avcodec_send_packet(decoder, video.packet);
            avcodec_send_packet(decoder, null);
            return avcodec_receive_frame(decoder, tile) >= 0;
        } finally {
            avcodec_free_context(decoder);
        }
    }

    /** Copies a tile to each of its places, cut off at the edge of the whole picture. */
    private boolean place(int member, AVFrame tile, AVFrame whole) {
        if (whole.width() == 0 && !begin(tile, whole)) {
            return false;
        }
        if (tile.format() != whole.format()) {
            return false;
        }
        boolean placed = false;
        for (int i = 0; i < grid.nb_tiles(); i++) {
            int x = grid.offsets_horizontal(i);
            int y = grid.offsets_vertical(i);
            if (grid.offsets_idx(i) == member && x >= 0 && y >= 0 && x < whole.width() && y < whole.height()) {
                copy(tile, whole, x, y);
                placed = true;
            }
        }
        return placed;
    }

    private boolean begin(AVFrame tile, AVFrame whole) {
        whole.format(tile.format());
        whole.width(grid.coded_width());
        whole.height(grid.coded_height());
        if (av_frame_get_buffer(whole, 0) < 0) {
            whole.width(0);
            return false;
        }
        av_frame_copy_props(whole, tile);
        try (SizeTPointer strides = new SizeTPointer(4)) {
            for (int p = 0; p < 4; p++) {
                strides.put(p, whole.linesize(p));
            }
            av_image_fill_black(
                    whole.data(), strides, whole.format(), whole.color_range(), whole.width(), whole.height());
        }
        return true;
    }

    private static void copy(AVFrame tile, AVFrame whole, int x, int y) {
        AVPixFmtDescriptor form = av_pix_fmt_desc_get(whole.format());
        int width = Math.min(tile.width(), whole.width() - x);
        int height = Math.min(tile.height(), whole.height() - y);
        for (int p = 0; p < av_pix_fmt_count_planes(whole.format()); p++) {
            boolean chroma = p == 1 || p == 2;
            int down = chroma ? form.log2_chroma_h() : 0;
            long offset = (long) (y >> down) * whole.linesize(p) + av_image_get_linesize(whole.format(), x, p);
            av_image_copy_plane(
                    new BytePointer(whole.data(p)).position(offset),
                    whole.linesize(p),
                    tile.data(p),
                    tile.linesize(p),
                    av_image_get_linesize(whole.format(), width, p),
                    -(-height >> down));
        }
    }

    private void crop(AVFrame whole) {
        int right = whole.width() - grid.horizontal_offset() - grid.width();
        int bottom = whole.height() - grid.vertical_offset() - grid.height();
        if (right < 0 || bottom < 0 || grid.horizontal_offset() < 0 || grid.vertical_offset() < 0) {
            return;
        }
        whole.crop_left(grid.horizontal_offset());
        whole.crop_top(grid.vertical_offset());
        whole.crop_right(right);
        whole.crop_bottom(bottom);
        av_frame_apply_cropping(whole, AV_FRAME_CROP_UNALIGNED);
    }
}
