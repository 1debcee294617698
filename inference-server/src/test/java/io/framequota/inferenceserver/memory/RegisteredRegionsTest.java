package io.framequota.inferenceserver.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.framequota.inferenceserver.refusal.RefusedException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RegisteredRegionsTest {
    @TempDir
    Path folder;

    private RegisteredRegions memory;

    @BeforeEach
    void create() throws IOException {
        Files.write(folder.resolve("object"), new byte[100]);
        memory = new RegisteredRegions(folder);
    }

    @AfterEach
    void close() {
        memory.close();
    }

    private static byte[] read(RegionLease lease) {
        ByteBuffer bytes = ByteBuffer.allocateDirect(lease.byteSize());
        lease.read(bytes);
        byte[] copy = new byte[lease.byteSize()];
        bytes.get(copy);
        return copy;
    }

    @Test
    void sharesBytesWithTheFile() throws IOException {
        memory.register("r", "/object", 10, 50);
        try (RegionLease lease = memory.lease("r", 5, 20)) {
            lease.write(ByteBuffer.wrap(new byte[] {42}));
            assertThat(read(lease)).hasSize(20).startsWith(42);
        }
        assertThat(Files.readAllBytes(folder.resolve("object"))[15]).isEqualTo((byte) 42);
    }

    @Test
    void keepsARegionOpenUntilItsLastLeaseIsClosed() {
        memory.register("r", "object", 0, 100);
        RegionLease first = memory.lease("r", 0, 10);
        RegionLease second = memory.lease("r", 0, 10);
        memory.unregister("r");
        first.close();
        first.close();
        assertThat(read(second)).hasSize(10);
        second.close();
        assertThatThrownBy(() -> read(second)).isInstanceOf(RefusedException.class);
    }

    @Test
    void usesARegionAfterItsNameIsRemoved() throws IOException {
        memory.register("r", "object", 0, 100);
        Files.delete(folder.resolve("object"));
        try (RegionLease lease = memory.lease("r", 90, 10)) {
            lease.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
            assertThat(read(lease)).startsWith(1, 2, 3);
        }
    }

    @Test
    void refusesToReadOrWritePastTheEndOfATruncatedFile() throws IOException {
        memory.register("r", "object", 0, 100);
        try (RegionLease lease = memory.lease("r", 0, 100);
                FileChannel object = FileChannel.open(folder.resolve("object"), StandardOpenOption.WRITE)) {
            object.truncate(50);
            assertThatThrownBy(() -> read(lease))
                    .isInstanceOf(RefusedException.class)
                    .hasMessageContaining("is now shorter than")
                    .hasMessageNotContaining(folder.toString());
            assertThatThrownBy(() -> lease.write(ByteBuffer.allocate(100))).isInstanceOf(RefusedException.class);
            assertThat(object.size()).as("bytes of what its owner cut short").isEqualTo(50);
        }
    }

    @Test
    void acceptsFilesOfItsUserOnlyAndFollowsNoLink() throws IOException {
        Path secret = Files.write(folder.resolveSibling("secret-" + folder.getFileName()), new byte[100]);
        try {
            Files.createSymbolicLink(folder.resolve("link"), secret);
            Files.createSymbolicLink(folder.resolve("inside"), folder.resolve("object"));
            for (String key : List.of("link", "/link", "inside", "object\0")) {
                assertThatThrownBy(() -> memory.register("r", key, 0, 100))
                        .as(key)
                        .isInstanceOf(RefusedException.class)
                        .hasMessageNotContaining(folder.toString());
            }
            assertThat(Files.readAllBytes(secret)).containsOnly(0);
        } finally {
            Files.delete(secret);
        }
    }

    @Test
    void refusesAFileOfAnotherUser() throws IOException {
        try {
            Files.setAttribute(folder.resolve("object"), "unix:uid", 65534);
        } catch (IOException e) {
            assumeTrue(false, "skipped: only root may give a file away");
        }
        assertThatThrownBy(() -> memory.register("r", "object", 0, 100))
                .isInstanceOf(RefusedException.class)
                .hasMessageContaining("belongs to another user");
    }

    @Test
    void acceptsANameAgainOnceItIsFree() {
        memory.register("r", "object", 0, 100);
        assertThatThrownBy(() -> memory.register("r", "object", 0, 100)).isInstanceOf(RefusedException.class);
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
                            RefusedException.class,
                            e -> assertThat(e.kind()).isEqualTo(RefusedException.Kind.INVALID_ARGUMENT));
        }
    }

    @Test
    void refusesMissingAndTooSmallFiles() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        Files.write(folder.resolve("sub/file"), new byte[100]);
        for (String key :
                new String[] {"", "/", "nothing", "sub", "sub/file", "../" + folder.getFileName() + "/object"}) {
            assertThatThrownBy(() -> memory.register("r", key, 0, 10)).as(key).isInstanceOf(RefusedException.class);
        }
        for (long[] part : new long[][] {{0, 101}, {50, 51}, {-1, 10}, {0, 0}, {0, -5}, {Long.MIN_VALUE, 10}}) {
            assertThatThrownBy(() -> memory.register("r", "object", part[0], part[1]))
                    .as("%d bytes at %d", part[1], part[0])
                    .isInstanceOf(RefusedException.class);
        }
        assertThatThrownBy(() -> memory.register("", "object", 0, 10)).isInstanceOf(RefusedException.class);
        assertThat(memory.all()).isEmpty();
    }
}
