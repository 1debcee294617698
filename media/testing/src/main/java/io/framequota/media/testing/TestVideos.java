package io.framequota.media.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Objects;

/** Small videos of kinds with which decoders often fail. */
public enum TestVideos {
    H264("mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libopenh264 -g 10"),
    B_FRAMES("mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg4 -bf 2 -g 10"),
    B_FRAMES_WITHOUT_TIMES("avi", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg4 -bf 2 -g 12"),
    OPEN_GOP("ts", "-f lavfi -i testsrc2=s=352x288:r=25:d=3 -c:v mpeg2video -bf 2 -g 12 -b:v 1M"),
    VARIABLE_FRAME_RATE(
            "mkv",
            "-f lavfi -i testsrc2=s=320x240:r=30:d=2 -vf setpts=(N+floor(N/5)*3+mod(N\\,2)/2)/30/TB -fps_mode passthrough"
                    + " -c:v mpeg4 -bf 2 -g 15"),
    LOW("mp4", "-f lavfi -i testsrc2=s=640x64:r=25:d=1 -c:v mpeg4 -bf 2 -g 10"),
    ODD_SIZE("mkv", "-f lavfi -i testsrc2=s=321x243:r=10:d=2 -pix_fmt yuv420p -c:v ffv1 -g 5"),
    TEN_BIT("mkv", "-f lavfi -i testsrc2=s=320x240:r=10:d=2 -pix_fmt yuv420p10le -c:v libsvtav1 -preset 12 -g 7"),
    NON_ZERO_START("ts", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg4 -bf 2 -g 10 -output_ts_offset 5"),
    NEGATIVE_START(
            "mkv",
            "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libopenh264 -g 10 -output_ts_offset -0.5"
                    + " -avoid_negative_ts disabled"),
    EDIT_LIST("mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v mpeg4 -bf 2 -g 10 -output_ts_offset 1.5"),
    ONE_KEY_FRAME("mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=3 -c:v libopenh264 -g 9999"),
    ONLY_KEY_FRAMES("avi", "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v mjpeg -pix_fmt yuvj420p"),
    AV1("mp4", "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v libsvtav1 -preset 12 -g 10"),
    VP8(
            "webm",
            "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libvpx -g 10 -auto-alt-ref 1 -lag-in-frames 16 -arnr-maxframes 7"
                    + " -b:v 300k -deadline realtime"),
    VP9(
            "webm",
            "-f lavfi -i testsrc2=s=320x240:r=25:d=2 -c:v libvpx-vp9 -g 10 -auto-alt-ref 1 -lag-in-frames 16 -b:v 300k"
                    + " -deadline realtime -cpu-used 8"),
    WITH_SOUND_FIRST(
            "mp4",
            "-f lavfi -i sine=d=2 -f lavfi -i testsrc2=s=320x240:r=25:d=2 -map 0 -map 1 -c:a aac -c:v libopenh264 -g 10"),
    GIF("gif", "-f lavfi -i testsrc2=s=160x120:r=10:d=2"),
    PICTURE_OF_ONE_PIXEL("png", "-f lavfi -i color=c=red:s=1x1:d=1 -frames:v 1"),
    PICTURE_8K("jpg", "-f lavfi -i testsrc2=s=7680x4320:d=1 -frames:v 1 -pix_fmt yuvj420p"),
    /** Encoded by x264 with {@code open-gop=1:keyint=12:bframes=3:b-pyramid=normal}, which no encoder of the archive can. */
    H264_OPEN_GROUPS("mp4", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException {
            return copy("h264-open-groups.mp4", file);
        }
    },
    /** Encoded by x265 with {@code open-gop=1:keyint=12:bframes=3}. */
    HEVC_OPEN_GROUPS("mp4", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException {
            return copy("hevc-open-groups.mp4", file);
        }
    },
    ROTATED("mp4", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
            Path plain = Ffmpeg.make(folder.resolve("plain.mp4"), B_FRAMES.arguments);
            return Ffmpeg.make(file, "-display_rotation 90 -i " + plain + " -c copy");
        }
    },
    SIZE_CHANGES("ts", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
            Ffmpeg.make(folder.resolve("a.ts"), "-f lavfi -i testsrc2=s=320x240:r=25:d=1 -c:v mpeg2video");
            Ffmpeg.make(
                    folder.resolve("b.ts"),
                    "-f lavfi -i testsrc2=s=640x360:r=25:d=1 -c:v mpeg2video -output_ts_offset 1");
            try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                for (String part : new String[] {"a.ts", "b.ts"}) {
                    out.write(java.nio.ByteBuffer.wrap(java.nio.file.Files.readAllBytes(folder.resolve(part))));
                }
            }
            return file;
        }
    },
    DAMAGED_IN_THE_MIDDLE("mp4", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
            Ffmpeg.make(file, B_FRAMES.arguments);
            try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
                bytes.seek(bytes.length() / 2);
                bytes.write(new byte[3000]);
            }
            return file;
        }
    },
    TRUNCATED("mp4", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
            Ffmpeg.make(file, B_FRAMES.arguments + " -movflags +faststart");
            try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.WRITE)) {
                bytes.truncate(bytes.size() * 6 / 10);
            }
            return file;
        }
    },
    TRUNCATED_WITHOUT_A_COUNT("mkv", null) {
        @Override
        Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
            Ffmpeg.make(file, "-f lavfi -i testsrc2=s=320x240:r=25:d=8 -c:v mpeg4 -bf 2 -g 10");
            try (FileChannel bytes = FileChannel.open(file, StandardOpenOption.WRITE)) {
                bytes.truncate(bytes.size() * 6 / 10);
            }
            return file;
        }
    };

    private final String suffix;
    private final String arguments;

    TestVideos(String suffix, String arguments) {
        this.suffix = suffix;
        this.arguments = arguments;
    }

    /** Makes the video in a folder. */
    public Path make(Path folder) throws IOException, InterruptedException {
        return makeIn(folder, folder.resolve(name().toLowerCase(java.util.Locale.ROOT) + "." + suffix));
    }

    Path makeIn(Path folder, Path file) throws IOException, InterruptedException {
        return Ffmpeg.make(file, arguments);
    }

    private static Path copy(String resource, Path file) throws IOException {
        try (InputStream in = Objects.requireNonNull(TestVideos.class.getResourceAsStream(resource))) {
            java.nio.file.Files.copy(in, file);
        }
        return file;
    }
}
