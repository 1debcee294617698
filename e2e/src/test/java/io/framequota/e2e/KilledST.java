package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Nothing that fq cannot use any more stays when it is ended by kill -9. */
@Tag("long")
class KilledST {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    @TempDir
    Path folder;

    @Test
    void aKilledDetectLeavesNeitherProcessesNorItsPrivateFolder() throws Exception {
        Path runs = folder.resolve("state/framequota/runs");
        Process fq = detect("--actuator", "weight", "--workers", "1");
        // It starts processes, and has submitted nothing that a later --resume could go on with.
        await("the broker runs", () -> Fq.pidsOf(fq.toHandle(), "BrokerMain").size() == 1);
        List<ProcessHandle> children = fq.descendants().toList();
        assertThat(folders(runs)).hasSize(1);

        Fq.signal(fq.pid(), "KILL");

        await("the private folder is gone", () -> folders(runs).isEmpty());
        await("all processes are gone", () -> children.stream().noneMatch(ProcessHandle::isAlive));
    }

    @Test
    void aResumableRunKeepsItsDataButNoTemporaryFiles() throws Exception {
        Path runs = folder.resolve("state/framequota/runs");
        Process fq = detect("--workers", "1");
        await("the note is there", () -> Files.exists(folder.resolve("out.jsonl.gz.resume")));
        List<ProcessHandle> children = fq.descendants().toList();
        Path data = folders(runs).getFirst();
        assertThat(data.resolve("tmp")).isDirectory();

        Fq.signal(fq.pid(), "KILL");

        await("the temporary files are gone", () -> !Files.exists(data.resolve("tmp")));
        await("all processes are gone", () -> children.stream().noneMatch(ProcessHandle::isAlive));
        assertThat(data.resolve("database")).isDirectory();
    }

    private Process detect(String... options) throws IOException {
        Stream<String> arguments = Stream.concat(
                Stream.of(
                        "detect",
                        "sample:walkers",
                        "-o",
                        folder.resolve("out.jsonl.gz").toString()),
                Stream.of(options));
        return Fq.start(
                folder.resolve("out"),
                folder.resolve("err"),
                Map.of("XDG_STATE_HOME", folder.resolve("state").toString()),
                arguments.toArray(String[]::new));
    }

    private static List<Path> folders(Path runs) {
        try (Stream<Path> all = Files.list(runs)) {
            return all.toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    private void await(String what, BooleanSupplier condition) throws Exception {
        try {
            Awaitility.await(what)
                    .atMost(LIMIT)
                    .pollInterval(Duration.ofMillis(20))
                    .until(condition::getAsBoolean);
        } catch (ConditionTimeoutException e) {
            throw new AssertionError(Files.readString(folder.resolve("err")), e);
        }
    }
}
