package io.framequota.inferenceserver.execution;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class StagingMemoryTest {
    private final StagingMemory staging = new StagingMemory();

    @AfterEach
    void close() {
        staging.close();
    }

    @Test
    void returnsExactlyTheRequestedAlignedDirectBytes() {
        for (int bytes : List.of(0, 1, 3, 64, 65, 1000, 40 << 20)) {
            ByteBuffer part = staging.take(bytes);
            assertThat(part.remaining()).isEqualTo(bytes);
            assertThat(part.isDirect()).isTrue();
        }
    }

    @Test
    void partsOfARequestDoNotOverlap() {
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
    void reusesItsMemoryForTheNextRequest() {
        fill(staging.take(8), 7);
        staging.reset();
        assertThat(staging.take(8).get(0)).isEqualTo((byte) 7);
    }

    @Test
    void memoryStaysValidWithoutAReferenceToItsBuffer() {
        // Native code gets an address only. If the memory were freed with its buffer, this read would kill the process.
        MemorySegment large = address(staging.take(40 << 20));
        MemorySegment small = address(staging.take(100));
        MemorySegment outgrowing = address(staging.take(20 << 20));

        for (int i = 0; i < 5; i++) {
            System.gc();
            staging.take(1000);
        }

        assertThat(large.get(ValueLayout.JAVA_BYTE, (40 << 20) - 1)).isZero();
        assertThat(small.get(ValueLayout.JAVA_BYTE, 99)).isZero();
        assertThat(outgrowing.get(ValueLayout.JAVA_BYTE, (20 << 20) - 1)).isZero();
    }

    private static MemorySegment address(ByteBuffer buffer) {
        return MemorySegment.ofAddress(MemorySegment.ofBuffer(buffer).address()).reinterpret(buffer.remaining());
    }

    @Test
    void bufferOfAnEarlierRequestCannotBeRead() {
        ByteBuffer large = staging.take(40 << 20);
        staging.reset();

        assertThatThrownBy(() -> large.get(0)).isInstanceOf(IllegalStateException.class);
    }

    private static void fill(ByteBuffer buffer, int value) {
        for (int i = 0; i < buffer.capacity(); i++) {
            buffer.put(i, (byte) value);
        }
    }
}
