package io.framequota.ingest.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.google.protobuf.ByteString;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Packets are written as {@code I4}: a picture's kind (I key, P and B others, D a key or d another one whose time is not played, h
 * hidden), and its time. The time of decoding is two ticks before the packet's position.
 */
class PacketCutterTest {
    private record Picture(
            String name, long pts, long dts, boolean key, boolean shown, int bytes, Map<Long, ByteString> parameters)
            implements PacketCutter.Packet {}

    private int every = 1;
    private int chunkFrames = 4;
    private long chunkBytes = 1 << 30;
    private int pictureBytes = 1;
    private int groupFrames = 100;
    private boolean timesOfDecoding = true;
    private final Map<String, Map<Long, ByteString>> parameters = new HashMap<>();

    /** The chunks, each as names of packets with the numbers of the frames that it owns. */
    private List<String> cut(String packets) throws Exception {
        List<StringBuilder> chunks = new ArrayList<>(List.of(new StringBuilder()));
        PacketCutter<Picture> cutter = new PacketCutter<>(every, new ChunkLimits(chunkFrames, chunkBytes), groupFrames);
        int position = -2;
        for (String name : packets.split(" ")) {
            char kind = name.charAt(0);
            long pts = name.endsWith("?") ? PacketCutter.NO_TIME : Long.parseLong(name.substring(1));
            cutter.add(new Picture(
                    name,
                    pts,
                    timesOfDecoding ? position++ : PacketCutter.NO_TIME,
                    kind == 'I' || kind == 'D',
                    "IPB".indexOf(kind) >= 0,
                    pictureBytes,
                    parameters.getOrDefault(name, Map.of())));
            take(cutter, chunks);
        }
        cutter.end();
        take(cutter, chunks);
        return chunks.stream().map(StringBuilder::toString).toList();
    }

    private static void take(PacketCutter<Picture> cutter, List<StringBuilder> chunks) {
        for (PacketCutter.Step<Picture> step = cutter.poll(); step != null; step = cutter.poll()) {
            if (step.packet() == null) {
                chunks.add(new StringBuilder());
                continue;
            }
            StringBuilder chunk = chunks.getLast();
            chunk.append(chunk.isEmpty() ? "" : " ").append(step.packet().name);
            chunk.append(step.frame() < 0 ? "" : "=" + step.frame());
        }
    }

    private void assertIrregular(String packets, String reason) {
        assertThatThrownBy(() -> cut(packets))
                .isInstanceOf(PacketCutter.IrregularPacketException.class)
                .hasMessageContaining(reason);
    }

    @Test
    void groupsArePackedUntilAChunkIsNearestToItsWantedSize() throws Exception {
        assertThat(cut("I0 P1 I2 P3 I4 P5 P6 I7")).containsExactly("I0=0 P1=1 I2=2 P3=3", "I4=4 P5=5 P6=6", "I7=7");
        chunkFrames = 6;
        assertThat(cut("I0 P1 P2 P3 I4 P5 P6 P7 I8"))
                .containsExactly("I0=0 P1=1 P2=2 P3=3 I4=4 P5=5 P6=6 P7=7", "I8=8");
        chunkFrames = 5;
        assertThat(cut("I0 P1 P2 P3 I4 P5 P6 P7 I8"))
                .containsExactly("I0=0 P1=1 P2=2 P3=3", "I4=4 P5=5 P6=6 P7=7", "I8=8");
    }

    @Test
    void picturesOfAnIntraCodecAreGroupsOfOne() throws Exception {
        assertThat(cut("I0 I1 I2 I3 I4 I5")).containsExactly("I0=0 I1=1 I2=2 I3=3", "I4=4 I5=5");
    }

    @Test
    void framesAreNumberedInTheOrderInWhichTheyAreShown() throws Exception {
        assertThat(cut("I0 P3 B1 B2 P6 B4 B5")).containsExactly("I0=0 P3=3 B1=1 B2=2 P6=6 B4=4 B5=5");
    }

    @Test
    void timesMayHaveAnyDistance() throws Exception {
        chunkFrames = 3;
        assertThat(cut("I-70 P500 B-3 I1000 P1001")).containsExactly("I-70=0 P500=2 B-3=1", "I1000=3 P1001=4");
    }

    @Test
    void picturesThatAreShownBeforeTheNextKeyPictureTravelWithACopyOfIt() throws Exception {
        assertThat(cut("I0 P2 B1 I5 B3 B4 P7 B6")).containsExactly("I0=0 P2=2 B1=1 I5 B3=3 B4=4", "I5=5 P7=7 B6=6");
        chunkFrames = 9;
        assertThat(cut("I0 P2 B1 I5 B3 B4 P7 B6 I10 B8 B9"))
                .as("no copy inside a chunk, nor at the end")
                .containsExactly("I0=0 P2=2 B1=1 I5=5 B3=3 B4=4 P7=7 B6=6 I10 B8=8 B9=9", "I10=10");
    }

    @Test
    void theSameIsCutWhereTheContainerStatesNoTimesOfDecoding() throws Exception {
        String packets = "I0 P2 B1 I5 B3 B4 P7 B6 I8 P10 B9 I11";
        List<String> chunks = cut(packets);
        timesOfDecoding = false;
        assertThat(cut(packets)).isEqualTo(chunks);
    }

    @Test
    void onlyFramesToInferCountForAChunk() throws Exception {
        every = 3;
        chunkFrames = 1;
        assertThat(cut("I0 P1 I2 I3 P4 P5 I6 P7")).containsExactly("I0=0 P1=1", "I2=2 I3=3 P4=4 P5=5", "I6=6 P7=7");
    }

    @Test
    void eightFramesThatAreOnlyDecodedCountAsOneToInfer() throws Exception {
        every = 20;
        chunkFrames = 2;
        StringBuilder packets = new StringBuilder();
        for (int frame = 0; frame < 40; frame++) {
            packets.append(frame % 4 == 0 ? "I" : "P").append(frame).append(' ');
        }
        assertThat(cut(packets.toString().strip()))
                .extracting(chunk -> chunk.split(" ").length)
                .containsExactly(16, 16, 8);
    }

    @Test
    void picturesWhoseTimeIsNotPlayedAndHiddenOnesTravelAndShowNoFrame() throws Exception {
        chunkFrames = 2;
        assertThat(cut("D-5 d-4 P0 P1 h? I2 P3 h4 P5")).containsExactly("D-5 d-4 P0=0 P1=1 h?", "I2=2 P3=3 h4 P5=4");
    }

    @Test
    void aGroupThatTakesLongerThanAGrantIsIrregular() throws Exception {
        groupFrames = 3;
        assertThat(cut("I0 P1 P2 I3 P4 P5")).hasSize(2);
        assertIrregular("I0 P1 P2 P3", "a group of pictures has more than 3 frames, which");
        every = 2;
        assertThat(cut("I0 P1 P2 P3 P4 P5")).hasSize(1);
        assertIrregular("I0 P1 P2 P3 P4 P5 P6", "has more than 6 frames (3 to infer)");
        every = 100;
        assertIrregular("I0 P1" + many(32), "more than 24 frames (1 to infer), which take longer than a grant");
    }

    @Test
    void aGroupOfMoreThanAThousandFramesIsIrregularWhoeverAsksForPackets() throws Exception {
        groupFrames = Integer.MAX_VALUE;
        assertThat(cut("I0 P1" + many(1000))).hasSize(1);
        assertIrregular("I0 P1" + many(1001), "a group of pictures has more than 1000 frames, too many for a chunk");
    }

    @Test
    void chunksEndNearestToTheirWantedBytesToo() throws Exception {
        chunkFrames = 100;
        pictureBytes = 12 << 20;
        chunkBytes = 16 << 20;
        assertThat(cut("I0 I1 I2")).containsExactly("I0=0", "I1=1", "I2=2");
        pictureBytes = 1 << 20;
        assertThat(cut("I0 P1 P2 P3 P4 P5 P6 I7 P8 P9 P10 P11 P12 P13 I14"))
                .containsExactly(
                        "I0=0 P1=1 P2=2 P3=3 P4=4 P5=5 P6=6 I7=7 P8=8 P9=9 P10=10 P11=11 P12=12 P13=13", "I14=14");
        chunkBytes = 10 << 20;
        assertThat(cut("I0 P1 P2 P3 P4 P5 P6 I7 P8 P9 P10 P11 P12 P13 I14")).hasSize(3);
    }

    @Test
    void aGroupOfTooManyBytesIsIrregular() throws Exception {
        pictureBytes = 1 << 20;
        assertThat(cut("I0 P1" + many(16) + " I16")).hasSize(2);
        assertIrregular("I0 P1" + many(17), "a group of pictures has more than 16 MiB, too many for a chunk");
        every = 100;
        chunkBytes = 2 << 20;
        assertThat(cut("I0 I1 I2 I3 I4 I5 I6"))
                .as("a chunk waits for its first frame to infer")
                .hasSize(2);
        StringBuilder pictures = new StringBuilder("I0");
        for (int i = 1; i < 30; i++) {
            pictures.append(" I").append(i);
        }
        assertIrregular(pictures.toString(), "the packets between two frames to infer are too many for a chunk");
    }

    @Test
    void otherIrregularitiesHaveTheirReasons() {
        assertIrregular("P0 I1", "does not begin with a key picture");
        assertIrregular("I0 P? P2", "no time for a picture");
        assertIrregular("I2 B0 B1 P3", "begins with pictures that need earlier ones");
        assertIrregular("I0 P1 P1", "equal or not in order");
        assertIrregular("I0 P1 I4 P5 B3", "equal or not in order");
        assertIrregular("I0 P9 I4", "a key picture is shown before");
        timesOfDecoding = false;
        assertIrregular("I0 P1" + many(200), "too many pictures");
    }

    @Test
    void aChunkBeginsWithAllParametersThatStandInPacketsBeforeIt() throws Exception {
        String packets = "I0 P1 I2 P3 I4 P5 I8 B6 B7 P9";
        String missing = "parameters are not repeated";
        Map<Long, ByteString> one = Map.of(1L, ByteString.copyFromUtf8("a"));
        Map<Long, ByteString> other = Map.of(1L, ByteString.copyFromUtf8("b"));
        parameters.put("I0", one);
        assertIrregular(packets, missing);
        parameters.put("I4", other);
        assertIrregular(packets, missing);
        parameters.put("I8", other);
        List<String> chunks = cut(packets);
        assertThat(chunks)
                .as("I2 begins no chunk")
                .containsExactly("I0=0 P1=1 I2=2 P3=3", "I4=4 P5=5 I8 B6=6 B7=7", "I8=8 P9=9");
        parameters.put("B7", other);
        assertThat(cut(packets)).isEqualTo(chunks);
        parameters.put("B7", one);
        assertIrregular(packets, missing);
        parameters.remove("B7");
        parameters.put("P3", Map.of(2L, ByteString.EMPTY));
        assertIrregular(packets, missing);
    }

    private static String many(int pictures) {
        StringBuilder packets = new StringBuilder();
        for (int i = 2; i < pictures; i++) {
            packets.append(" P").append(i);
        }
        return packets.toString();
    }
}
