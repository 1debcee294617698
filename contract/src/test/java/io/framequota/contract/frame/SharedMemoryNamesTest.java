package io.framequota.contract.frame;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SharedMemoryNamesTest {
    @TempDir
    Path folder;

    @Test
    void everyNameIsNew() {
        assertThat(SharedMemoryNames.next()).isNotEqualTo(SharedMemoryNames.next());
    }

    @Test
    void deletesOnlyRegionsOfDeadProcesses() throws Exception {
        Process dead = new ProcessBuilder("true").start();
        dead.waitFor();
        String ours = SharedMemoryNames.next();
        String[] parts = ours.split("-");
        // The same process id with another start time: in containers, the first process always has the id 1.
        String beforeUs = parts[0] + "-" + parts[1] + "-12345-1";
        String ofTheDead = "framequota-" + dead.pid() + "-12345-1";
        for (String name : new String[] {ours, beforeUs, ofTheDead, "framequota-notes", "other-1-2-3"}) {
            Files.createFile(folder.resolve(name));
        }

        SharedMemoryNames.deleteStale(folder);

        assertThat(folder).isDirectoryNotContaining("glob:**" + beforeUs);
        assertThat(folder).isDirectoryNotContaining("glob:**" + ofTheDead);
        assertThat(folder.resolve(ours)).exists();
        assertThat(folder.resolve("framequota-notes")).exists();
        assertThat(folder.resolve("other-1-2-3")).exists();
    }
}
