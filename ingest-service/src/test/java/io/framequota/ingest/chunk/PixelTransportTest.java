package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.FrameMeta.Encoding;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PixelTransportTest {
    @Test
    void zeroMeansRawAndOtherNumbersAreQualities() {
        assertThat(PixelTransport.parse("0")).isEqualTo(PixelTransport.RAW);
        assertThat(PixelTransport.RAW.label()).isEqualTo("pixels");
        assertThat(PixelTransport.RAW.encoding()).isEqualTo(Encoding.RAW);
        PixelTransport jpeg = PixelTransport.parse(" 100 ");
        assertThat(jpeg).isEqualTo(new PixelTransport(100));
        assertThat(jpeg.label()).isEqualTo("jpeg-100");
        assertThat(jpeg.encoding()).isEqualTo(Encoding.JPEG);
    }

    @ParameterizedTest
    @ValueSource(strings = {"-1", "101", "high", "", "9.5", "99999999999"})
    void refusesOtherTextsInOneLine(String text) {
        assertThatThrownBy(() -> PixelTransport.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("'" + text + "' is not a JPEG quality; use 1 to 100, or 0 for raw frames");
    }
}
