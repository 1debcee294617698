package io.framequota.inference.triton;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OwnedRegionTest {
    @TempDir
    Path folder;

    @Test
    void regionBelongsToItsUserOnly() throws IOException {
        try (OwnedRegion region = OwnedRegion.create(folder, 4096)) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(region.name()))))
                    .isEqualTo("rw-------");
        }
    }

    @Test
    void regionWorksWithoutItsName() throws IOException {
        try (OwnedRegion region = OwnedRegion.create(folder, 4096)) {
            region.unlink();

            region.memory().fill((byte) 1);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void regionIsReservedInFullAndRemovedOnClose() throws IOException {
        OwnedRegion region = OwnedRegion.create(folder, 3_000_001);
        Path file = folder.resolve(region.name());

        assertThat(file).hasSize(3_000_001);
        assertThat(region.key()).isEqualTo("/" + region.name());
        region.close();

        assertThat(file).doesNotExist();
    }
}
