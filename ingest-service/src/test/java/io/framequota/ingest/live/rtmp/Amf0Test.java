package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

class Amf0Test {
    @Test
    void readsWhatItWrites() throws Exception {
        byte[] bytes = Amf0.write("connect", 1.0, null, true, Map.of("app", "live"));

        assertThat(Amf0.read(bytes, 0)).containsExactly("connect", 1.0, null, true, Map.of("app", "live"));
    }

    @Test
    void readsArraysDatesAndLongTexts() throws Exception {
        byte[] bytes = {
            8, 0, 0, 0, 1, 0, 1, 'a', 1, 1, 0, 0, 9, // an ECMA array
            10, 0, 0, 0, 2, 5, 1, 0, // a strict array of null and false
            11, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, // a date
            12, 0, 0, 0, 2, 'h', 'i'
        };

        List<Object> values = Amf0.read(bytes, 0);

        assertThat(values).hasSize(4).first().isEqualTo(Map.of("a", true));
        assertThat(values.get(3)).isEqualTo("hi");
    }

    @Test
    void refusesObjectsThatAreTooDeep() {
        ByteArrayOutputStream deep = new ByteArrayOutputStream();
        for (int i = 0; i < 10_000; i++) {
            deep.writeBytes(new byte[] {3, 0, 1, 'x'});
        }

        assertThatThrownBy(() -> Amf0.read(deep.toByteArray(), 0))
                .isInstanceOf(RtmpProtocolException.class)
                .hasMessageContaining("more than 8 values inside one another");
    }

    @Test
    void refusesTooManyValues() {
        byte[] many = new byte[300];
        java.util.Arrays.fill(many, (byte) 5);

        assertThatThrownBy(() -> Amf0.read(many, 0))
                .isInstanceOf(RtmpProtocolException.class)
                .hasMessageContaining("more than 256 values");
    }

    @Test
    void refusesLengthsThatTheMessageDoesNotHave() {
        byte[][] broken = {
            {2, (byte) 0xFF, (byte) 0xFF, 'a'},
            {12, (byte) 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, 'a'},
            {10, (byte) 0x7F, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
            {10, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF, (byte) 0xFF},
            {0, 1},
            {3, 0, 1},
            {7, 0, 0},
            {17}
        };
        for (byte[] one : broken) {
            assertThatThrownBy(() -> Amf0.read(one, 0)).isInstanceOf(RtmpProtocolException.class);
        }
    }

    @Test
    void survivesAnyBytes() {
        Random random = new Random(1);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = new byte[random.nextInt(64)];
            random.nextBytes(bytes);
            if (bytes.length > 0) {
                bytes[0] = (byte) random.nextInt(18);
            }
            try {
                assertThat(Amf0.read(bytes, 0)).hasSizeLessThanOrEqualTo(Amf0.MAX_VALUES);
            } catch (RtmpProtocolException e) {
                assertThat(e.getMessage()).isNotEmpty();
            }
        }
    }
}
