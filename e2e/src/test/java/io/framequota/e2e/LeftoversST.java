package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What stays in shared memory and in the temporary folder when everything ends as badly as it can. */
@Tag("long")
class LeftoversST {
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path data;

    @Test
    void nothingIsLeftWhenFqIsKilledDuringAJob() {
        endsWithoutATrace(false);
    }

    @Test
    void nothingIsLeftWhenEveryProcessIsKilledAtOnce() {
        endsWithoutATrace(true);
    }

    /** @param everything whether all processes are killed together with fq; else they are left to what fq has seen to */
    private void endsWithoutATrace(boolean everything) {
        assumeTrue(Files.isDirectory(SHARED_MEMORY), "skipped: no " + SHARED_MEMORY);
        Set<String> before = temporary();
        RunningSystem system = RunningSystem.up(data, FaultsST.CHUNKS);
        List<ProcessHandle> all;
        try {
            String job =
                    system.submit("sample:walkers", "people", 2).path("job").asText();
            system.server().awaitMiddle(job, FaultsST.LIMIT);
            all = Stream.concat(Stream.of(system.handle()), system.handle().descendants())
                    .toList();
            for (JsonNode worker : system.get("/api/v1/workers").path("workers")) {
                assertThat(worker.path("transport").asText()).isEqualTo("system-shared-memory");
            }
            system.await(
                    "names in shared memory are gone while it is used",
                    LIMIT,
                    () -> ours(all).isEmpty());

            // None of them may notice that another is gone.
            List<ProcessHandle> killed = everything ? all : List.of(system.handle());
            killed.forEach(p -> Fq.signal(p.pid(), "STOP"));
            killed.forEach(p -> Fq.signal(p.pid(), "KILL"));
            system.await("everything has ended", LIMIT, () -> all.stream().noneMatch(ProcessHandle::isAlive));
        } finally {
            system.handle().destroyForcibly();
        }

        assertThat(ours(all)).as("in " + SHARED_MEMORY).isEmpty();
        assertThat(temporary()).as("in the temporary folder").isSubsetOf(before);
    }

    /** Shared memory that these processes have a name for: their own regions, and what else they have mapped from there. */
    private static Set<String> ours(List<ProcessHandle> processes) {
        Set<String> pids =
                processes.stream().map(p -> "framequota-" + p.pid() + "-").collect(Collectors.toSet());
        Stream<String> regions =
                names(SHARED_MEMORY).stream().filter(name -> pids.stream().anyMatch(name::startsWith));
        Stream<String> mapped = processes.stream()
                .flatMap(p -> lines(Path.of("/proc/" + p.pid() + "/maps")).stream())
                .filter(line -> line.contains(" " + SHARED_MEMORY + "/") && !line.endsWith("(deleted)"));
        return Stream.concat(regions, mapped).collect(Collectors.toSet());
    }

    private static Set<String> temporary() {
        return names(Path.of(System.getProperty("java.io.tmpdir"))).stream()
                .filter(name -> Stream.of(
                                "fq", "framequota", "kafka", "embedded-pg", "hsperfdata", "javacpp", "quarkus")
                        .anyMatch(name::startsWith))
                .filter(name -> !name.startsWith("fq-e2e"))
                .collect(Collectors.toSet());
    }

    private static Set<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(f -> f.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> lines(Path file) {
        try {
            return Files.readAllLines(file);
        } catch (IOException e) {
            // Its process has ended.
            return List.of();
        }
    }
}
