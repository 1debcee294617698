package io.framequota.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.failure.RejectedRequestException;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LiveSpecTest {
    @Test
    void aKeyIsPushedTo() {
        assertThat(LiveSpec.of("listen:desk-1", "", false).key()).isEqualTo(Optional.of("desk-1"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"rtmp://host/live/a", "rtsp://u:p@host:554/s", "https://host/a.m3u8", "RTMP://HOST/a/b"})
    void addressesArePulled(String source) {
        assertThat(LiveSpec.of(source, "", true).key()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "listen:",
                "listen:a b",
                "listen:../x",
                "file:///etc/passwd",
                "a.mp4",
                "rtmp:///a",
                "udp://host:1"
            })
    void otherSourcesAreRefused(String source) {
        assertThatThrownBy(() -> LiveSpec.of(source, "", false)).isInstanceOf(RejectedRequestException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "rtmp://host/live2/abcd-secret, rtmp://host/live2/***",
        "rtmp://user:hush@host/app/key?token=hush, rtmp://***@host/app/***",
        "rtmp://host, rtmp://host",
        "rtmp://host/app, rtmp://host/***",
        "rtmp://host/live/key/, rtmp://host/live/***",
        "rtmp://host/live/key/annotated, rtmp://host/live/***",
        "rtmp://host/live/key#a/b, rtmp://host/live/***"
    })
    void aTargetIsShownWithoutItsSecrets(String target, String shown) {
        assertThat(LiveSpec.of("listen:a", target, false).publish()).isEqualTo(shown);
    }

    @Test
    void aTargetMustBeRtmpAndIsNotRepeatedInTheRefusal() {
        assertThatThrownBy(() -> LiveSpec.of("listen:a", "http://host/hush", false))
                .isInstanceOf(RejectedRequestException.class)
                .hasMessageContaining("rtmp://")
                .hasMessageNotContaining("hush");
    }

    @Test
    void aKeyIsShownAsItsBeginning() {
        assertThat(LiveSpec.maskedSource("listen:abc")).isEqualTo("listen:***");
        assertThat(LiveSpec.maskedSource("listen:camera-1")).isEqualTo("listen:ca***");
        assertThat(LiveSpec.maskedSource("listen:3f9c0a1b2d4e5f60")).isEqualTo("listen:3f9c***");
        assertThat(LiveSpec.maskedSource("rtsp://u:p@host/a")).isEqualTo("rtsp://***@host/a");
    }
}
