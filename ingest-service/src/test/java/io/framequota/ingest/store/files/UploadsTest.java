package io.framequota.ingest.store.files;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.framequota.ingest.failure.RejectedRequestException;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UploadsTest {
    @TempDir
    Path storage;

    private final AtomicLong usable = new AtomicLong(1L << 30);
    private Uploads uploads;

    @BeforeEach
    void createUploads() {
        uploads = new Uploads(storage, new StorageSpace(storage, folder -> usable.addAndGet(-200), 64L << 20));
    }

    @Test
    void anUploadIsStoredUnderItsJobWithASafeName() throws IOException {
        Uploads.Target upload = uploads.target("j1", "../../etc/pass wd.mp4", true);
        upload.fill(new ByteArrayInputStream(new byte[] {1, 2, 3}));

        assertThat(upload.source()).isEqualTo("upload:uploads/j1/pass_wd.mp4");
        assertThat(storage.resolve("uploads/j1/pass_wd.mp4")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(uploads.ids()).containsExactly("j1");
        assertThat(uploads.target("j2", "..", true).source()).isEqualTo("upload:uploads/j2/_");
        assertThat(uploads.target("j3", "", true).source()).isEqualTo("upload:uploads/j3/upload");
    }

    @Test
    void aDiskThatFillsUpGivesOneLineAndNoFile() {
        // The reserve is 64 MiB, and the third buffer would use it.
        usable.set((64L << 20) + 128 * 1024 + 300);
        byte[] file = new byte[3 * 128 * 1024];

        assertThatThrownBy(() -> uploads.target("j1", "v.mp4", true).fill(new ByteArrayInputStream(file)))
                .isInstanceOfSatisfying(
                        RejectedRequestException.class,
                        r -> assertThat(r.kind()).isEqualTo(RejectedRequestException.Kind.STORAGE_FULL))
                .hasMessage("the upload v.mp4 does not fit: the server's storage is full; free some space or submit a"
                        + " smaller file");
        assertThat(storage.resolve("uploads/j1")).doesNotExist();
    }

    @Test
    void aStreamThatBreaksOffLeavesNoFile() {
        InputStream broken = new InputStream() {
            private int left = 100_000;

            @Override
            public int read() throws IOException {
                if (left-- <= 0) {
                    throw new IOException("reset by peer");
                }
                return 7;
            }
        };

        assertThatThrownBy(() -> uploads.target("j1", "v.mp4", true).fill(broken))
                .isInstanceOf(IOException.class);
        assertThat(storage.resolve("uploads/j1")).doesNotExist();
    }

    @Test
    void aStorageFolderThatCannotBeWrittenCountsAsFull() throws IOException {
        Files.writeString(storage.resolve("uploads"), "a file in the way");

        assertThatThrownBy(() -> uploads.target("j1", "v.mp4", true).open())
                .isInstanceOfSatisfying(
                        RejectedRequestException.class,
                        r -> assertThat(r.kind()).isEqualTo(RejectedRequestException.Kind.STORAGE_FULL));
    }

    @Test
    void bytesOfARepeatedUploadAreComparedAndNotStored() throws IOException {
        Uploads.Target first = uploads.target("j1", "v.mp4", true);
        first.fill(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        usable.set(0);
        Uploads.Target again = uploads.target("j2", "v.mp4", false);
        again.fill(new ByteArrayInputStream(new byte[] {1, 2, 3}));
        Uploads.Target other = uploads.target("j3", "v.mp4", false);
        other.fill(new ByteArrayInputStream(new byte[] {1, 2, 4}));

        assertThat(again.digest()).isEqualTo(first.digest()).isNotEqualTo(other.digest());
        assertThat(uploads.ids()).containsExactly("j1");
    }

    @Test
    void theDefaultReserveIsATenthOfTheFreeSpaceAndAtMostHalfOfIt() {
        assertThat(new StorageSpace(storage, folder -> 20L << 30, -1).reserve()).isEqualTo(2L << 30);
        assertThat(new StorageSpace(storage, folder -> 500L << 30, -1).reserve())
                .isEqualTo(4L << 30);
        assertThat(new StorageSpace(storage, folder -> 1L << 30, -1).reserve()).isEqualTo(1L << 29);
    }
}
