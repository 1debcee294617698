package io.framequota.ingest.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
    void diskOf2Gib() {
        uploads = new Uploads(storage, new Uploads.Disk() {
            @Override
            public long usableBytes(Path folder) {
                return usable.addAndGet(-200);
            }

            @Override
            public long totalBytes(Path folder) {
                return 2L << 30;
            }
        });
    }

    @Test
    void anUploadLiesUnderItsJobAndAHarmlessName() throws IOException {
        Uploads.Place place = uploads.place("j1", "../../etc/pass wd.mp4");
        place.fill(new ByteArrayInputStream(new byte[] {1, 2, 3}));

        assertThat(place.source()).isEqualTo("upload:uploads/j1/pass_wd.mp4");
        assertThat(storage.resolve("uploads/j1/pass_wd.mp4")).hasBinaryContent(new byte[] {1, 2, 3});
        assertThat(uploads.ids()).containsExactly("j1");
        assertThat(uploads.place("j2", "..").source()).isEqualTo("upload:uploads/j2/_");
        assertThat(uploads.place("j3", "").source()).isEqualTo("upload:uploads/j3/upload");
    }

    @Test
    void aDiskThatFillsUpIsOneLineAndLeavesNothing() {
        // The reserve is 64 MiB: the third piece would go into it.
        usable.set((64L << 20) + 256 * 1024 + 300);
        byte[] file = new byte[3 * 256 * 1024];

        assertThatThrownBy(() -> uploads.place("j1", "v.mp4").fill(new ByteArrayInputStream(file)))
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.kind()).isEqualTo(Refusal.Kind.NO_SPACE))
                .hasMessage("the upload v.mp4 does not fit: the server's storage is full; free some space or submit a"
                        + " smaller file");
        assertThat(storage.resolve("uploads/j1")).doesNotExist();
    }

    @Test
    void aStreamThatBreaksLeavesNothing() {
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

        assertThatThrownBy(() -> uploads.place("j1", "v.mp4").fill(broken)).isInstanceOf(IOException.class);
        assertThat(storage.resolve("uploads/j1")).doesNotExist();
    }

    @Test
    void aStorageThatCannotBeWrittenIsNoSpaceEither() throws IOException {
        Files.writeString(storage.resolve("uploads"), "a file in the way");

        assertThatThrownBy(() -> uploads.place("j1", "v.mp4").open())
                .isInstanceOfSatisfying(Refusal.class, r -> assertThat(r.kind()).isEqualTo(Refusal.Kind.NO_SPACE));
    }
}
