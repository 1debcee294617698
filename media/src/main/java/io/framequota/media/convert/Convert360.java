package io.framequota.media.convert;

import io.framequota.contract.frame.Projection;
import io.framequota.media.container.SphericalMetadata;
import io.framequota.media.decode.FrameCursor;
import io.framequota.media.decode.PixelOrder;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.VideoDecoder;
import io.framequota.media.decode.VideoInfo;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import io.framequota.media.encode.ffmpeg.Mp4Copy;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import io.framequota.media.scale.PictureScaler;
import io.framequota.media.scale.opencv.OpenCvScaler;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.Remapping;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Converts a 360° video. A program of its own, because it decodes a file of unknown origin and holds a few large pictures.
 *
 * <p>Arguments: IN OUT FROM TO YAW PITCH FOV; FROM is auto or a projection, angles are in degrees. Standard output has a line
 * {@code FRAME EXPECTED} for each frame. Exit codes are those of fq: 1 when the work failed, 2
 * when the input cannot be converted, with one line on standard error.
 */
public final class Convert360 {
    private static final int FAILED = 1;
    private static final int BAD_INPUT = 2;

    private Convert360() {}

    /** The whole job; public for tests. */
    public static void main(String[] args) {
        try {
            convert(
                    Path.of(args[0]),
                    Path.of(args[1]),
                    Projection.named(args[2]),
                    Projection.named(args[3]).orElseThrow(),
                    Double.parseDouble(args[4]),
                    Double.parseDouble(args[5]),
                    Double.parseDouble(args[6]));
        } catch (SourceException | IllegalArgumentException e) {
            end(e, BAD_INPUT);
        } catch (IOException | RuntimeException e) {
            end(e, FAILED);
        }
    }

    private static void end(Exception e, int code) {
        System.err.println(e.getMessage());
        System.exit(code);
    }

    /**
     * Converts a video; copies it when the pictures would not change, so that it only gets its metadata.
     *
     * @param from empty for what the file states
     * @throws SourceException when the file is no video that can be converted
     * @throws IllegalArgumentException when its pictures do not have the projection
     * @throws IOException when the new file cannot be written
     */
    static void convert(
            Path in, Path out, Optional<Projection> from, Projection to, double yaw, double pitch, double fov)
            throws SourceException, IOException {
        FfmpegDecoder decoder = new FfmpegDecoder();
        try (FrameCursor cursor = FrameCursor.open(decoder, in, VideoDecoder.ANY_STREAM);
                PictureScaler scaler = new OpenCvScaler()) {
            VideoInfo info = cursor.info();
            Projection source = from.orElse(info.projection());
            if (from.isEmpty() && !info.refusal().isEmpty()) {
                throw new IllegalArgumentException(info.refusal());
            }
            check(in, source, info);
            Conversion360 conversion =
                    Conversion360.of(new Panorama(source, info.width(), info.height()), to, yaw, pitch, fov);
            if (conversion.changesNothing()) {
                Mp4Copy.copy(in, out);
            } else {
                encode(cursor, scaler, conversion, in, out);
            }
            if (SphericalMetadata.canState(to)) {
                SphericalMetadata.write(out, to, SphericalMetadata.Version.BOTH);
            }
        }
    }

    private static void check(Path in, Projection source, VideoInfo info) {
        if (source == Projection.FLAT) {
            throw new IllegalArgumentException(in.getFileName()
                    + " does not state that it is a 360° video; say what it is with --projection equirect, cubemap,"
                    + " cubemap6x1 or eac");
        }
        String problem = Panorama.problem(source, info.width(), info.height());
        if (!problem.isEmpty()) {
            throw new IllegalArgumentException(problem);
        }
    }

    private static void encode(FrameCursor cursor, PictureScaler scaler, Conversion360 conversion, Path in, Path out)
            throws SourceException, IOException {
        if (!cursor.next()) {
            throw new SourceException(in.getFileName() + " has no frame that can be decoded; use another file");
        }
        int width = conversion.from().width();
        int height = conversion.from().height();
        Remapping remapping = conversion.remapping();
        try (Mp4Encoder encoder = Mp4Encoder.openWithSound(
                out,
                conversion.width(),
                conversion.height(),
                cursor.info().fps(),
                cursor.color().orBt709(),
                in)) {
            do {
                byte[] picture = scaler.scale(cursor.picture(PixelOrder.BGR), width, height, false);
                encoder.add(remapping.convert(picture), cursor.ptsMs());
                System.out.println(cursor.index() + 1 + " " + cursor.info().expectedFrames());
            } while (cursor.next());
            encoder.finish();
        }
    }
}
