package io.framequota.e2e;

import io.framequota.ingest.decode.ColorInfo;
import io.framequota.ingest.encode.ffmpeg.Mp4Encoder;
import java.io.IOException;
import java.nio.file.Path;

/** Videos that a test makes. */
final class Clips {
    private Clips() {}

    /** An MP4 of a bar that moves over grey, 25 frames a second. */
    static Path bar(Path file, int frames, int width, int height) throws IOException {
        try (Mp4Encoder encoder = Mp4Encoder.open(file, width, height, 25, ColorInfo.BT709)) {
            for (int frame = 0; frame < frames; frame++) {
                byte[] picture = new byte[3 * width * height];
                for (int i = 0; i < picture.length; i++) {
                    int x = i / 3 % width;
                    picture[i] = (byte) (x / 20 == frame % 16 ? 30 : 150);
                }
                encoder.add(picture, frame * 40.0);
            }
            encoder.finish();
        }
        return file;
    }
}
