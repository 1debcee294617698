package io.framequota.inferenceserver.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.inferenceserver.refusal.Refusal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryTest {
    @TempDir
    Path folder;

    private SharedMemory memory;

    @BeforeEach
    void create() throws IOException {
        Files.write(folder.resolve("object"), new byte[100]);
        memory = new SharedMemory(folder);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    @Test
    void sharesBytesWithTheObject() throws IOException {
        memory.register("r", "/object", 10, 50);
        try (Lease lease = memory.lease("r", 5, 20)) {
            lease.memory().put(0, (byte) 42);
            assertThat(lease.memory().remaining()).isEqualTo(20);
        }
        assertThat(Files.readAllBytes(folder.resolve("object"))[15]).isEqualTo((byte) 42);
    }

    @Test
    void keepsARegionMappedUntilItsLastLeaseIsGivenBack() {
        memory.register("r", "object", 0, 100);
        Lease first = memory.lease("r", 0, 10);
        Lease second = memory.lease("r", 0, 10);
        memory.unregister("r");
        first.close();
        first.close();
        second.memory().put(0, (byte) 1);
        second.close();
        assertThatThrownBy(() -> second.memory().get(0)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void takesANameAgainOnceItIsFree() {
        memory.register("r", "object", 0, 100);
        assertThatThrownBy(() -> memory.register("r", "object", 0, 100)).isInstanceOf(Refusal.class);
        memory.unregister("r");
        memory.register("r", "object", 0, 10);
        assertThat(memory.status("r").byteSize()).isEqualTo(10);
    }

    @Test
    void refusesPartsOutsideTheRegion() {
        memory.register("r", "object", 0, 100);
        long[][] outside = {{0, 101}, {100, 0}, {-1, 10}, {95, 6}, {0, -1}, {Long.MAX_VALUE, 10}, {10, Long.MAX_VALUE}};
        for (long[] part : outside) {
            assertThatThrownBy(() -> memory.lease("r", part[0], part[1]))
                    .as("%d bytes at %d", part[1], part[0])
                    .isInstanceOfSatisfying(
                            Refusal.class, e -> assertThat(e.kind()).isEqualTo(Refusal.Kind.INVALID_ARGUMENT));
        }
    }

    @Test
    void refusesObjectsThatAreNoneOrTooSmall() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        Files.write(folder.resolve("sub/file"), new byte[100]);
        for (String key :
                new String[] {"", "/", "nothing", "sub", "sub/file", "../" + folder.getFileName() + "/object"}) {
            assertThatThrownBy(() -> memory.register("r", key, 0, 10)).as(key).isInstanceOf(Refusal.class);
        }
        for (long[] part : new long[][] {{0, 101}, {50, 51}, {-1, 10}, {0, 0}, {0, -5}, {Long.MIN_VALUE, 10}}) {
            assertThatThrownBy(() -> memory.register("r", "object", part[0], part[1]))
                    .as("%d bytes at %d", part[1], part[0])
                    .isInstanceOf(Refusal.class);
        }
        assertThatThrownBy(() -> memory.register("", "object", 0, 10)).isInstanceOf(Refusal.class);
        assertThat(memory.all()).isEmpty();
    }
}
