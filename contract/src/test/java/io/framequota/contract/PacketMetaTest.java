package io.framequota.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.contract.frame.PacketMeta;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PacketMetaTest {
    private static final PacketMeta META = new PacketMeta("j-1", 4, 7);

    @Test
    void headersKeepWhatTheySay() {
        Map<String, byte[]> headers = META.toHeaders();

        assertThat(new String(headers.get("ce_id"), StandardCharsets.UTF_8)).isEqualTo("j-1/4/7");
        assertThat(PacketMeta.describes(headers::get)).isTrue();
        assertThat(PacketMeta.fromHeaders(headers::get)).isEqualTo(META);
    }

    @Test
    void otherRecordsAreRefused() {
        Map<String, byte[]> frame = new HashMap<>(META.toHeaders());
        frame.put("ce_type", "io.framequota.frame.v1".getBytes(StandardCharsets.UTF_8));

        assertThat(PacketMeta.describes(frame::get)).isFalse();
        assertThatThrownBy(() -> PacketMeta.fromHeaders(frame::get)).isInstanceOf(IllegalArgumentException.class);
    }
}
