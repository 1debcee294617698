package io.framequota.inferenceserver.execution;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.Test;

class StagingTest {
    private final Staging staging = new Staging();

    @Test
    void givesExactlySoManyAlignedDirectBytes() {
        for (int bytes : List.of(0, 1, 3, 64, 65, 1000, 40 << 20)) {
            ByteBuffer part = staging.take(bytes);
            assertThat(part.remaining()).isEqualTo(bytes);
            assertThat(part.isDirect()).isTrue();
        }
    }

    @Test
    void keepsPartsOfOneRequestApart() {
        ByteBuffer first = staging.take(3);
        ByteBuffer second = staging.take(100);
        ByteBuffer third = staging.take(5);
        fill(first, 1);
        fill(second, 2);
        fill(third, 3);
        assertThat(first.get(2)).isEqualTo((byte) 1);
        assertThat(second.get(99)).isEqualTo((byte) 2);
    }

    @Test
    void usesItsMemoryAgainForTheNextRequest() {
        fill(staging.take(8), 7);
        staging.reset();
        assertThat(staging.take(8).get(0)).isEqualTo((byte) 7);
    }

    private static void fill(ByteBuffer buffer, int value) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) value);
        }
    }
}
