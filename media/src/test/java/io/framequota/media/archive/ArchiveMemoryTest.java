package io.framequota.media.archive;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ArchiveMemoryTest {
    private static final int FILES = 2000;

    @TempDir
    Path folder;

    /** Its list takes about 1 MB. */
    private Path archive() throws IOException {
        Path file = folder.resolve("long-list.zip");
        if (!Files.exists(file)) {
            try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
                for (int i = 0; i < FILES; i++) {
                    zip.putNextEntry(new ZipEntry("pictures of a long day/" + i + ".png"));
                    zip.closeEntry();
                }
            }
        }
        return file;
    }

    private ZipArchive open(ArchiveMemory memory, ZipArchive.Waiting waiting) throws Exception {
        return ZipArchive.open(archive(), ArchiveLimits.DEFAULT, memory, waiting);
    }

    private CompletableFuture<ZipArchive> opening(ArchiveMemory memory) {
        CompletableFuture<ZipArchive> opened = new CompletableFuture<>();
        Thread.ofVirtual().start(() -> {
            try {
                opened.complete(open(memory, ZipArchive.Waiting.PATIENT));
            } catch (Throwable e) {
                opened.completeExceptionally(e);
            }
        });
        return opened;
    }

    private static boolean waits(CompletableFuture<?> opening) throws InterruptedException, ExecutionException {
        try {
            opening.get(300, TimeUnit.MILLISECONDS);
            return false;
        } catch (TimeoutException e) {
            return true;
        }
    }

    @Test
    void anArchiveWaitsUntilTheListsOfOthersLeaveRoom() throws Exception {
        ArchiveMemory memory = new ArchiveMemory(5 << 19);
        List<ZipArchive> open = new ArrayList<>();
        open.add(open(memory, ZipArchive.Waiting.PATIENT));
        open.add(open(memory, ZipArchive.Waiting.PATIENT));

        CompletableFuture<ZipArchive> third = opening(memory);

        assertThat(waits(third)).isTrue();
        assertThat(memory.isShort()).isTrue();
        open.removeFirst().close();
        open.add(third.get());
        assertThat(open.getLast().files()).hasSize(FILES);
        open.forEach(ZipArchive::close);
        assertThat(memory.isShort()).isFalse();
    }

    @Test
    void oneThatIsLargerThanAllRoomIsOpenAlone() throws Exception {
        ArchiveMemory memory = new ArchiveMemory(1000);

        ZipArchive first = open(memory, ZipArchive.Waiting.PATIENT);
        CompletableFuture<ZipArchive> second = opening(memory);

        assertThat(waits(second)).isTrue();
        first.close();
        second.get().close();
    }

    @Test
    void archivesThatAreKeptInCaseTheyAreNeededMakeRoom() throws Exception {
        ArchiveMemory memory = new ArchiveMemory(1000);
        ZipArchive kept = open(memory, ZipArchive.Waiting.NEVER);
        memory.onShortage(kept::close);

        open(memory, ZipArchive.Waiting.PATIENT).close();
    }

    @Test
    void whoeverOthersWaitForTakesMemoryAnyway() throws Exception {
        ArchiveMemory memory = new ArchiveMemory(1000);
        ZipArchive first = open(memory, ZipArchive.Waiting.PATIENT);

        ZipArchive second = open(memory, ZipArchive.Waiting.NEVER);

        first.close();
        assertThat(waits(opening(memory))).isTrue();
        second.close();
    }
}
