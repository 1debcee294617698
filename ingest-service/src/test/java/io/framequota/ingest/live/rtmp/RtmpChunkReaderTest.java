package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RtmpChunkReaderTest {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    private RtmpChunkReader reader() {
        return new RtmpChunkReader(new ByteArrayInputStream(bytes.toByteArray()));
    }

    private RtmpChunkReaderTest put(int... values) {
        for (int value : values) {
            bytes.write(value);
        }
        return this;
    }

    private RtmpChunkReaderTest zeros(int number) {
        bytes.writeBytes(new byte[number]);
        return this;
    }

    @Test
    void readsWhatTheWriterWrites() throws Exception {
        RtmpChunkWriter writer = new RtmpChunkWriter(bytes);
        byte[] large = new byte[60_000];
        new Random(1).nextBytes(large);
        writer.write(new RtmpMessage(RtmpMessage.COMMAND, 0, 0, new byte[300]));
        writer.write(new RtmpMessage(RtmpMessage.VIDEO, 1, 0xFFFFFF, large));
        writer.write(new RtmpMessage(RtmpMessage.VIDEO, 1, 0xFFFFFFFFL, new byte[200]));
        writer.enlarge();
        writer.write(new RtmpMessage(RtmpMessage.VIDEO, 1, 40, large));
        writer.flush();
        RtmpChunkReader reader = reader();

        assertThat(reader.next().body()).hasSize(300);
        RtmpMessage video = reader.next();
        assertThat(video.body()).isEqualTo(large);
        assertThat(video.timestamp()).isEqualTo(0xFFFFFF);
        assertThat(video.stream()).isEqualTo(1);
        assertThat(reader.next().timestamp()).isEqualTo(0xFFFFFFFFL);
        assertThat(reader.next().type()).isEqualTo(RtmpMessage.SET_CHUNK_SIZE);
        reader.chunkSize(RtmpChunkWriter.CHUNK);
        assertThat(reader.next().body()).isEqualTo(large);
        assertThat(reader.next()).isNull();
        assertThat(reader.received()).isEqualTo(bytes.size());
    }

    @Test
    void addsTimesThatAreStatedAsDistances() throws Exception {
        put(0x04, 0, 0, 100, 0, 0, 2, 9, 1, 0, 0, 0).zeros(2);
        put(0x44, 0, 0, 40, 0, 0, 3, 9).zeros(3);
        put(0x84, 0, 0, 50).zeros(3);
        put(0xC4).zeros(3);
        RtmpChunkReader reader = reader();

        assertThat(reader.next().timestamp()).isEqualTo(100);
        assertThat(reader.next().timestamp()).isEqualTo(140);
        assertThat(reader.next().timestamp()).isEqualTo(190);
        assertThat(reader.next().timestamp()).isEqualTo(240);
    }

    @Test
    void wrapsTimesAt32Bits() throws Exception {
        put(0x04, 0xFF, 0xFF, 0xFF, 0, 0, 1, 9, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xF0)
                .zeros(1);
        put(0x44, 0, 0, 40, 0, 0, 1, 9).zeros(1);
        RtmpChunkReader reader = reader();

        assertThat(reader.next().timestamp()).isEqualTo(0xFFFFFFF0L);
        assertThat(reader.next().timestamp()).isEqualTo(24);
    }

    @Test
    void readsLongTimesWhetherChunksRepeatThemOrNot() throws Exception {
        for (boolean repeated : new boolean[] {true, false}) {
            bytes.reset();
            put(0x04, 0xFF, 0xFF, 0xFF, 0, 0, 200, 9, 1, 0, 0, 0, 1, 2, 3, 4).zeros(128);
            put(0xC4);
            if (repeated) {
                put(1, 2, 3, 4);
            }
            zeros(72);
            RtmpChunkReader reader = reader();

            assertThat(reader.next().body()).isEqualTo(new byte[200]);
            assertThat(reader.next()).isNull();
        }
    }

    @Test
    void putsMessagesTogetherThatAreMixed() throws Exception {
        put(0x04, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0).zeros(128);
        put(0x05, 0, 0, 0, 0, 0, 2, 8, 1, 0, 0, 0).zeros(2);
        put(0xC4).zeros(72);
        RtmpChunkReader reader = reader();

        assertThat(reader.next().type()).isEqualTo(RtmpMessage.AUDIO);
        assertThat(reader.next().body()).hasSize(200);
    }

    @Test
    void readsLargeNumbersOfChunkStreams() throws Exception {
        put(0x00, 6, 0, 0, 0, 0, 0, 1, 9, 1, 0, 0, 0).zeros(1);
        put(0x01, 6, 1, 0, 0, 0, 0, 0, 1, 8, 1, 0, 0, 0).zeros(1);
        RtmpChunkReader reader = reader();

        assertThat(reader.next().type()).isEqualTo(RtmpMessage.VIDEO);
        assertThat(reader.next().type()).isEqualTo(RtmpMessage.AUDIO);
    }

    @Test
    void refusesLargeChunks() {
        RtmpChunkReader reader = reader();

        assertThatThrownBy(() -> reader.chunkSize(0xFFFFFF))
                .isInstanceOf(RtmpProtocolException.class)
                .hasMessage("chunks of 16777215 bytes; 1 to 1048576 are allowed");
        assertThatThrownBy(() -> reader.chunkSize(0)).isInstanceOf(RtmpProtocolException.class);
        assertThatThrownBy(() -> reader.chunkSize(0xFFFFFFFFL)).isInstanceOf(RtmpProtocolException.class);
    }

    @Test
    void refusesLargeMessagesBeforeTheyArrive() {
        put(0x04, 0, 0, 0, 0xFF, 0xFF, 0xFF, 9, 1, 0, 0, 0);
        RtmpChunkReader reader = reader();
        reader.allowVideo(4 << 20);
        assertThatThrownBy(reader::next)
                .isInstanceOf(RtmpProtocolException.class)
                .hasMessage("a message of type 9 with 16777215 bytes; 4194304 are allowed");

        bytes.reset();
        put(0x04, 0, 0, 0, 0x10, 0, 0, 9, 1, 0, 0, 0);
        assertThatThrownBy(reader()::next).isInstanceOf(RtmpProtocolException.class);
    }

    @Test
    void boundsTheMessagesThatArriveAtTheSameTime() {
        for (int i = 0; i < 100; i++) {
            put(0x00, i, 0, 0, 0, 0, 0x80, 0, 18, 1, 0, 0, 0).zeros(128);
        }
        assertThatThrownBy(reader()::next)
                .isInstanceOf(RtmpProtocolException.class)
                .hasMessage("more than 16 chunk streams");
    }

    @Test
    void refusesChunksThatContinueNothing() {
        put(0xC4, 1, 2, 3);
        assertThatThrownBy(reader()::next).isInstanceOf(RtmpProtocolException.class);
    }

    @Test
    void noticesThatAMessageIsCutOff() {
        put(0x04, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0).zeros(50);
        assertThatThrownBy(reader()::next).isInstanceOf(EOFException.class);
    }

    @Test
    void forgetsAMessageThatIsAborted() throws Exception {
        put(0x04, 0, 0, 0, 0, 0, 200, 9, 1, 0, 0, 0).zeros(128);
        put(0x05, 0, 0, 0, 0, 0, 2, 8, 1, 0, 0, 0).zeros(2);
        put(0x04, 0, 0, 0, 0, 0, 1, 9, 1, 0, 0, 0).zeros(1);
        RtmpChunkReader reader = reader();

        assertThat(reader.next().type()).isEqualTo(RtmpMessage.AUDIO);
        reader.abort(4);
        assertThat(reader.next().body()).hasSize(1);
    }

    @Test
    void survivesAnyBytes() {
        for (int seed = 0; seed < 5_000; seed++) {
            Random random = new Random(seed);
            byte[] any = new byte[random.nextInt(4000)];
            random.nextBytes(any);
            RtmpChunkReader reader = new RtmpChunkReader(new ByteArrayInputStream(any));
            try {
                while (reader.next() != null) {
                    assertThat(reader.received()).isLessThanOrEqualTo(any.length);
                }
            } catch (IOException e) {
                assertThat(e).isInstanceOfAny(RtmpProtocolException.class, EOFException.class);
            }
        }
    }
}
