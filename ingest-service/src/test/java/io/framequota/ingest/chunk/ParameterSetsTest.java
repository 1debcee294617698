package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.protobuf.ByteString;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParameterSetsTest {
    private static ByteString hex(String bytes) {
        return ByteString.copyFrom(HexFormat.of().parseHex(bytes.replace(" ", "")));
    }

    private static Map<Long, ByteString> sets(String codec, String extradata, String packet) {
        return new ParameterSets(codec, hex(extradata)).of(hex(packet));
    }

    private static long set(long kind, int id) {
        return kind << 32 | id;
    }

    @Test
    void h264HasThemAnywhereBehindStartCodes() {
        String sps = "67 64 00 0A AC";
        String pps = "68 5B";
        assertThat(sets("h264", "", "00000001 09F0 00000001" + sps + "000001" + pps + "000001 65 88 84 000001 68 EE"))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(set(7, 0), hex(sps), set(8, 1), hex(pps), set(8, 0), hex("68 EE")));
        assertThat(sets("h264", "", "000001 41 9A 00 00 03 01")).isEmpty();
    }

    @Test
    void h264AndHevcHaveLengthsWhereTheContainerSaysSo() {
        String avcc = "01 64 00 0A FF E0 00";
        assertThat(sets("h264", avcc, "00000002 68EE 00000003 658884 00000002 6840")
                        .keySet())
                .isEqualTo(Set.of(set(8, 0), set(8, 1)));
        assertThat(sets("h264", "01 64 00 0A FD E0 00", "0002 68EE").keySet()).isEqualTo(Set.of(set(8, 0)));
        String hvcc = "01" + "00".repeat(20) + "03";
        assertThat(sets("hevc", hvcc, "00000003 400100 00000003 420100 00000003 440140 00000003 260100")
                        .keySet())
                .isEqualTo(Set.of(set(32, 0), set(33, 0), set(34, 1)));
        assertThat(sets("h264", avcc, "00000009 68EE")).as("damaged").isEmpty();
        assertThat(sets("h264", avcc, "FFFFFFFF 68EE")).as("damaged").isEmpty();
    }

    @Test
    void hevcHasThemBehindStartCodes() {
        assertThat(sets("hevc", "", "00000001 4001 0C 00000001 4201 01 00000001 4401 C1 000001 2601 AF")
                        .keySet())
                .isEqualTo(Set.of(set(32, 0), set(33, 0), set(34, 0)));
    }

    @Test
    void mpegHasSequenceHeadersAndMatrices() {
        String sequence = "000001B3 14 00 F0 13";
        assertThat(sets("mpeg1video", "", sequence + "000001B8 00 000001 00 00 0F")
                        .keySet())
                .isEqualTo(Set.of(set(0xB3, 0)));
        assertThat(sets("mpeg2video", "", sequence + "000001B5 14 82 00000100 00 0F 000001B5 8F 000001B5 3A 11")
                        .keySet())
                .isEqualTo(Set.of(set(0xB3, 0), set(0xB5, 0)));
        assertThat(sets("mpeg2video", "", "00000100 00 0F 000001B5")).isEmpty();
    }

    @Test
    void mpeg4HasObjectLayers() {
        assertThat(sets("mpeg4", "", "000001B0 01 00000100 00000120 00 C4 000001B6 10")
                        .keySet())
                .isEqualTo(Set.of(set(0x20, 0)));
        assertThat(sets("mpeg4", "", "000001B6 10 60")).isEmpty();
    }

    @Test
    void jpegHasTablesOfWhichEachCounts() {
        String dqt = "FFDB 0084 00" + "10".repeat(64) + "01" + "11".repeat(64);
        String dht = "FFC4 0014 11 01" + "00".repeat(15) + "05";
        assertThat(sets("mjpeg", "", "FFD8 FFE0 0004 FFDB" + dqt + dht + "FFDA 0002 FFDB 0003 02")
                        .keySet())
                .isEqualTo(Set.of(set(0xDB, 0), set(0xDB, 1), set(0xC4, 0x11)));
        assertThat(sets("mjpeg", "", "FFD8 FFE0 0004 0000 FFDA 0002" + dqt)).isEmpty();
    }

    @Test
    void av1HasSequenceHeaders() {
        assertThat(sets("av1", "", "12 00 0A 02 AABB 32 01 CC")).isEqualTo(Map.of(set(1, 0), hex("AABB")));
        assertThat(sets("av1", "", "32 8101" + "00".repeat(129) + "08 AA").keySet())
                .isEqualTo(Set.of(set(1, 0)));
        assertThat(sets("av1", "", "32 05 0A")).isEmpty();
    }

    @Test
    void otherCodecsHaveNone() {
        assertThat(sets("vp9", "", "00000001 67 64 00 0A AC")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"h264", "hevc", "mpeg1video", "mpeg2video", "mpeg4", "mjpeg", "av1"})
    void damagedBytesAreRead(String codec) {
        Random random = new Random(1);
        byte[] likely = {0, 0, 1, -1, (byte) 0xDB, (byte) 0xC4, 0x67, 0x68, 0x44, 0x20, (byte) 0xB3, (byte) 0xB5, 0x0A};
        for (int i = 0; i < 20_000; i++) {
            byte[] packet = new byte[random.nextInt(40)];
            for (int j = 0; j < packet.length; j++) {
                packet[j] = random.nextInt(4) == 0 ? (byte) random.nextInt() : likely[random.nextInt(likely.length)];
            }
            byte[] extradata = new byte[random.nextInt(24)];
            random.nextBytes(extradata);
            if (extradata.length > 0) {
                extradata[0] = (byte) random.nextInt(2);
            }
            assertThat(new ParameterSets(codec, ByteString.copyFrom(extradata)).of(ByteString.copyFrom(packet)))
                    .isNotNull();
        }
    }
}
