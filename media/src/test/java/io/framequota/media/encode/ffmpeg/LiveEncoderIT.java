package io.framequota.media.encode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import io.framequota.contract.control.AccessUnit;
import io.framequota.media.decode.ColorInfo;
import io.framequota.media.decode.FrameDecoder;
import io.framequota.media.decode.ffmpeg.FfmpegDecoder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class LiveEncoderIT {
    private static final int WIDTH = 321;
    private static final int HEIGHT = 180;
    private static final ColorInfo COLOR = new ColorInfo(2, 2);

    @Test
    void everyPictureIsAPacketAtOnceAndKeyPicturesComeEveryTwoSeconds() throws Exception {
        List<AccessUnit> units = new ArrayList<>();
        int shown = 0;
        try (LiveEncoder encoder = new LiveEncoder(WIDTH, HEIGHT, 10, COLOR);
                FrameDecoder decoder = new FfmpegDecoder().decoder(encoder.parameters(), "the stream")) {
            for (int i = 0; i < 70; i++) {
                List<AccessUnit> some = encoder.encode(picture(i), i * 100.0);
                assertThat(some).hasSize(1);
                units.addAll(some);
                decoder.send(some.getFirst());
                while (decoder.next()) {
                    assertThat(decoder.damaged()).isFalse();
                    assertThat(decoder.width()).isEqualTo(WIDTH + 1);
                    shown++;
                }
            }
            assertThat(decoder.brokenPackets()).isZero();
        }
        assertThat(shown)
                .as("each picture comes out of a decoder with its packet")
                .isEqualTo(70);

        assertThat(units)
                .extracting(AccessUnit::getPts)
                .isEqualTo(units.stream().map(AccessUnit::getDts).toList());
        assertThat(units)
                .filteredOn(AccessUnit::getKey)
                .extracting(AccessUnit::getPts)
                .containsExactly(0L, 2000L, 4000L, 6000L);
    }

    @Test
    void timesThatDoNotRiseAreMovedBehindTheLastOne() throws Exception {
        try (LiveEncoder encoder = new LiveEncoder(64, 64, 0, COLOR)) {
            byte[] grey = new byte[64 * 64 * 3];
            assertThat(List.of(
                            encoder.encode(grey, 5).getFirst().getPts(),
                            encoder.encode(grey, 5).getFirst().getPts(),
                            encoder.encode(grey, 4).getFirst().getPts(),
                            encoder.encode(grey, 90).getFirst().getPts()))
                    .containsExactly(5L, 6L, 7L, 90L);
        }
    }

    private static byte[] picture(int at) {
        byte[] bgr = new byte[WIDTH * HEIGHT * 3];
        Arrays.fill(bgr, (byte) 90);
        for (int y = 40; y < 90; y++) {
            Arrays.fill(bgr, (y * WIDTH + at * 3) * 3, (y * WIDTH + at * 3 + 40) * 3, (byte) 220);
        }
        return bgr;
    }
}
