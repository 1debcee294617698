package io.framequota.inferenceserver.memory;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Mapped memory that is unmapped when told, not when the collector comes by. */
record Mapping(Arena arena, ByteBuffer memory) {
    static Mapping of(FileChannel channel, long offset, long byteSize) throws IOException {
        Arena arena = Arena.ofShared();
        try {
            ByteBuffer memory = channel.map(FileChannel.MapMode.READ_WRITE, offset, byteSize, arena)
                    .asByteBuffer()
                    .order(ByteOrder.nativeOrder());
            return new Mapping(arena, memory);
        } catch (IOException | RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    void unmap() {
        arena.close();
    }
}
