package io.framequota.media.decode.ffmpeg;

import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_ATTACHED_PIC;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEFAULT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_DEPENDENT;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_STILL_IMAGE;
import static org.bytedeco.ffmpeg.global.avformat.AV_DISPOSITION_TIMED_THUMBNAILS;
import static org.bytedeco.ffmpeg.global.avformat.AV_STREAM_GROUP_PARAMS_TILE_GRID;
import static org.bytedeco.ffmpeg.global.avutil.AVMEDIA_TYPE_VIDEO;

import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.bytedeco.ffmpeg.avformat.AVFormatContext;
import org.bytedeco.ffmpeg.avformat.AVStream;
import org.bytedeco.ffmpeg.avformat.AVStreamGroup;
import org.jspecify.annotations.Nullable;

/**
 * The stream that a viewer would call the video. Videos come before still pictures, then the default stream before others, then the
 * largest, then the first. Covers are not considered. Tiles of one picture count as one stream.
 *
 * @param stream index of the stream; of a tiled picture, of its first tile
 * @param grid arrangement of the tiles, null for a plain stream
 * @param warning names the streams that were not chosen, empty when there are none
 */
record StreamChoice(int stream, @Nullable AVStreamGroup grid, String warning) {
    private static final int NO_VIDEO =
            AV_DISPOSITION_ATTACHED_PIC | AV_DISPOSITION_TIMED_THUMBNAILS | AV_DISPOSITION_DEPENDENT;

    /**
     * Chooses a stream.
     *
     * @param wanted index of a stream, or {@link VideoDecoder#ANY_STREAM}
     * @throws SourceException when there is no video stream, or the wanted one is not a video
     */
    static StreamChoice of(AVFormatContext format, int wanted, String name) throws SourceException {
        Set<Integer> tiles = new HashSet<>();
        AVStreamGroup grid = grid(format, tiles);
        List<AVStream> videos = new ArrayList<>();
        for (int i = 0; i < format.nb_streams(); i++) {
            AVStream stream = format.streams(i);
            if (stream.codecpar().codec_type() == AVMEDIA_TYPE_VIDEO) {
                videos.add(stream);
            }
        }
        if (wanted != VideoDecoder.ANY_STREAM) {
            return named(videos, wanted, name);
        }
        List<AVStream> candidates = videos.stream()
                .filter(s -> (s.disposition() & NO_VIDEO) == 0 && !tiles.contains(s.index()))
                .sorted(Comparator.comparingInt(StreamChoice::motion)
                        .thenComparingInt(s -> s.disposition() & AV_DISPOSITION_DEFAULT)
                        .thenComparingLong(StreamChoice::pixels)
                        .thenComparingInt(s -> -s.index())
                        .reversed())
                .toList();
        boolean moves = !candidates.isEmpty() && motion(candidates.getFirst()) > 0;
        if (grid != null && !moves && ((grid.disposition() & AV_DISPOSITION_DEFAULT) != 0 || candidates.isEmpty())) {
            return new StreamChoice(grid.streams(0).index(), grid, "");
        }
        if (candidates.isEmpty()) {
            // The cover of a song is a picture, but the file is no video.
            throw SourceException.permanent(name + " has no video stream; use a file with pictures in it");
        }
        AVStream best = candidates.getFirst();
        return new StreamChoice(
                best.index(),
                null,
                candidates.size() == 1
                        ? ""
                        : "the source has several videos: stream " + describe(best) + " is used, not "
                                + candidates.stream()
                                        .skip(1)
                                        .limit(8)
                                        .map(StreamChoice::describe)
                                        .collect(Collectors.joining(", "))
                                + "; --stream chooses another");
    }

    private static StreamChoice named(List<AVStream> videos, int wanted, String name) throws SourceException {
        if (videos.stream().noneMatch(s -> s.index() == wanted)) {
            throw SourceException.lacking(name + " has no video stream " + wanted
                    + (videos.isEmpty()
                            ? ""
                            : "; its video streams are "
                                    + videos.stream()
                                            .limit(8)
                                            .map(StreamChoice::describe)
                                            .collect(Collectors.joining(", "))));
        }
        return new StreamChoice(wanted, null, "");
    }

    private static @Nullable AVStreamGroup grid(AVFormatContext format, Set<Integer> tiles) {
        AVStreamGroup chosen = null;
        for (int i = 0; i < format.nb_stream_groups(); i++) {
            AVStreamGroup group = format.stream_groups(i);
            if (group.type() != AV_STREAM_GROUP_PARAMS_TILE_GRID || group.nb_streams() == 0) {
                continue;
            }
            for (int t = 0; t < group.nb_streams(); t++) {
                tiles.add(group.streams(t).index());
            }
            if (chosen == null || (chosen.disposition() & AV_DISPOSITION_DEFAULT) == 0) {
                chosen = chosen != null && (group.disposition() & AV_DISPOSITION_DEFAULT) == 0 ? chosen : group;
            }
        }
        return chosen;
    }

    /** 2 for a video, 1 when that is unknown, 0 for a single picture. */
    private static int motion(AVStream stream) {
        if (stream.nb_frames() == 1 || (stream.disposition() & AV_DISPOSITION_STILL_IMAGE) != 0) {
            return 0;
        }
        boolean known = stream.nb_frames() > 1
                || !Codecs.isPictureCodec(stream.codecpar().codec_id());
        return known ? 2 : 1;
    }

    private static long pixels(AVStream stream) {
        return (long) stream.codecpar().width() * stream.codecpar().height();
    }

    private static String describe(AVStream stream) {
        return stream.index() + " (" + Codecs.name(stream.codecpar().codec_id()) + ", "
                + stream.codecpar().width() + " x " + stream.codecpar().height()
                + (motion(stream) == 0 ? ", one picture" : "") + ")";
    }
}
