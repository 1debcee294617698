package io.framequota.media.encode.ffmpeg;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CodedSizeTest {
    @Test
    void keepsEvenSizes() {
        assertThat(CodedSize.of(768, 432)).isEqualTo(new CodedSize(768, 432, 768, 432, 768, 432));
        assertThat(CodedSize.of(2160, 3840)).isEqualTo(new CodedSize(2160, 3840, 2160, 3840, 2160, 3840));
    }

    @Test
    void extendsOddAndTinySizes() {
        assertThat(CodedSize.of(321, 243)).isEqualTo(new CodedSize(321, 243, 322, 244, 322, 244));
        assertThat(CodedSize.of(1, 1)).isEqualTo(new CodedSize(1, 1, 16, 16, 16, 16));
    }

    @Test
    void scalesDownSizesBeyondTheEncodersLimit() {
        CodedSize size = CodedSize.of(7680, 4320);
        assertThat(size.codedWidth()).isEqualTo(4096);
        assertThat(size.codedHeight()).isEqualTo(2304);
    }
}
