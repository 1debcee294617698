package io.framequota.e2e;

import io.framequota.media.decode.ColorInfo;
import io.framequota.media.encode.ffmpeg.Mp4Encoder;
import java.io.IOException;
import java.nio.file.Path;

/** Videos that a test makes. */
final class Clips {
    /** Frames from one key picture to the next: a chunk of packets begins at one. */
    static final int KEYS = 10;

    private Clips() {}

    /** An MP4 of a bar that moves over grey, 10 frames a second, with a key picture each second. */
    static Path bar(Path file, int frames, int width, int height) throws IOException {
        try (Mp4Encoder encoder = Mp4Encoder.open(file, width, height, KEYS, ColorInfo.BT709)) {
            for (int frame = 0; frame < frames; frame++) {
                byte[] picture = new byte[3 * width * height];
                for (int i = 0; i < picture.length; i++) {
                    int x = i / 3 % width;
                    picture[i] = (byte) (x / 20 == frame % 16 ? 30 : 150);
                }
                encoder.add(picture, frame * 1000.0 / KEYS);
            }
            encoder.finish();
        }
        return file;
    }
}
