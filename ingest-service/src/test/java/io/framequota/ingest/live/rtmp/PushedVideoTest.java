package io.framequota.ingest.live.rtmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class PushedVideoTest {
    private static final long ROOM = 64 << 20;

    private final AtomicLong room = new AtomicLong(ROOM);
    private final AtomicLong dropped = new AtomicLong();
    private final AtomicInteger disconnected = new AtomicInteger();
    private final PushedVideo video = new PushedVideo(
            Duration.ofMillis(300), Duration.ofMillis(200), room, dropped::addAndGet, disconnected::incrementAndGet);

    private void picture(boolean key, int bytes, long time) {
        video.add(VideoTag.of(new RtmpMessage(RtmpMessage.VIDEO, 1, time, RtmpClient.picture(key, bytes))));
    }

    private void configuration() {
        video.add(VideoTag.of(new RtmpMessage(RtmpMessage.VIDEO, 1, 0, RtmpClient.configuration())));
    }

    /** Times of the tags up to the end; -1 for a configuration. */
    private List<Long> times() throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        video.transferTo(all);
        byte[] bytes = all.toByteArray();
        assertThat(bytes).startsWith(VideoTag.fileHeader());
        List<Long> times = new ArrayList<>();
        int at = 13;
        while (at < bytes.length) {
            int length = (bytes[at + 1] & 0xFF) << 16 | (bytes[at + 2] & 0xFF) << 8 | bytes[at + 3] & 0xFF;
            long time = (bytes[at + 4] & 0xFF) << 16 | (bytes[at + 5] & 0xFF) << 8 | bytes[at + 6] & 0xFF;
            times.add(bytes[at + 12] == 0 ? -1 : time);
            at += 11 + length + 4;
        }
        assertThat(at).isEqualTo(bytes.length);
        return times;
    }

    @Test
    void beginsWithTheConfigurationAndAKeyPicture() throws Exception {
        configuration();
        picture(false, 10, 0);
        picture(true, 10, 40);
        picture(false, 10, 80);
        video.end();

        assertThat(times()).containsExactly(-1L, 40L, 80L);
        assertThat(dropped).hasValue(1);
        assertThat(room).hasValue(ROOM);
    }

    @Test
    void leavesOutWhatNobodyReadsAndGoesOnWithAKeyPicture() throws Exception {
        configuration();
        int pictures = 0;
        for (int i = 0; i < 100; i++) {
            picture(i % 10 == 0, 600_000, i * 100L);
            pictures++;
            assertThat(ROOM - room.get()).isLessThanOrEqualTo(PushedVideo.MAX_BYTES);
        }
        video.end();

        List<Long> left = times();
        assertThat(left.getFirst()).isEqualTo(-1);
        assertThat(left.get(1) % 1000).isZero();
        assertThat(left.getLast()).isEqualTo(9900);
        assertThat(left).hasSize(1 + 10).isSorted();
        assertThat(left.size() - 1 + dropped.get()).isEqualTo(pictures);
        assertThat(room).hasValue(ROOM);
    }

    @Test
    void takesNoMoreThanAllTogetherMay() throws Exception {
        room.set(100_000);
        configuration();
        picture(true, 60_000, 0);
        picture(false, 60_000, 40);
        picture(true, 60_000, 80);
        video.end();

        assertThat(times()).containsExactly(-1L, 80L);
        assertThat(dropped).hasValue(2);
    }

    @Test
    void saysWhenThePublisherFallsSilent() throws Exception {
        assertThatThrownBy(this::times).isInstanceOf(IOException.class).hasMessageContaining("sent no picture within");
        assertThatThrownBy(this::times).hasMessageContaining("sent no picture within");
    }

    @Test
    void saysWhenNoFurtherPictureComes() {
        configuration();
        picture(true, 10, 0);
        assertThatThrownBy(this::times).hasMessageContaining("the publisher sent no video for");
    }

    @Test
    void saysThatNoKeyPictureComes() {
        configuration();
        picture(false, 10, 0);

        assertThatThrownBy(this::times)
                .hasMessageContaining("sent no key picture within")
                .hasMessageContaining("Keyframe Interval");
    }

    @Test
    void saysThatOnlySoundComes() {
        video.sound();

        assertThatThrownBy(this::times)
                .hasMessage("the publisher sends sound only; switch the video on in the encoder");
    }

    @Test
    void givesWhatCameBeforeThePublisherWasLost() throws Exception {
        configuration();
        picture(true, 10, 0);
        video.fail("the connection to the publisher broke off");
        byte[] first = video.readNBytes(VideoTag.fileHeader().length + 11 + 8 + 4 + 11 + 10 + 4);

        assertThat(first).hasSize(61);
        assertThatThrownBy(video::read).hasMessage("the connection to the publisher broke off");
    }

    @Test
    void endsThePublisherWithItsReader() throws Exception {
        configuration();
        picture(true, 10, 0);
        video.close();
        video.close();
        picture(true, 10, 40);

        assertThat(disconnected).hasValue(1);
        assertThat(room).hasValue(ROOM);
        video.readNBytes(VideoTag.fileHeader().length);
        assertThatThrownBy(video::read).isInstanceOf(IOException.class);
    }

    @Test
    void knowsConfigurationsOfEnhancedStreams() {
        assertThat(tag(0x90, 'h', 'v', 'c', '1', 1).configuration()).isTrue();
        assertThat(tag(0x91, 'h', 'v', 'c', '1', 1).key()).isTrue();
        assertThat(tag(0xA3, 'a', 'v', '0', '1', 1))
                .extracting(VideoTag::key, VideoTag::configuration)
                .containsExactly(false, false);
        // Several tracks, the first one's configuration; and a key picture behind a modifier of the time.
        assertThat(tag(0x96, 0x00, 'h', 'v', 'c', '1', 0, 1).configuration()).isTrue();
        assertThat(tag(0x97, 2, 0, 0, 0, 0x01, 'h', 'v', 'c', '1').key()).isTrue();
        assertThat(tag(0x97, 2, 0, 0, 0, 0x00, 'h', 'v', 'c', '1').configuration())
                .isTrue();
        assertThat(tag(0x97, 255).configuration()).isFalse();
    }

    private static VideoTag tag(int... body) {
        byte[] bytes = new byte[body.length];
        for (int i = 0; i < body.length; i++) {
            bytes[i] = (byte) body[i];
        }
        return VideoTag.of(new RtmpMessage(RtmpMessage.VIDEO, 1, 0, bytes));
    }
}
