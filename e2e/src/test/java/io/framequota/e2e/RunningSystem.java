package io.framequota.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** {@code fq up} on a data folder, with every service in a process of its own, and what a test asks of it. */
final class RunningSystem implements AutoCloseable {
    private final Process process;
    private final Path data;
    private final Path err;
    private final Server server;

    private RunningSystem(Process process, Path data, int port, Path err) {
        this.process = process;
        this.data = data;
        this.err = err;
        this.server = new Server("http://127.0.0.1:" + port, this::tails);
    }

    /** Starts the system, with two workers unless the options say another number, and waits for the line that says it is ready. */
    static RunningSystem up(Path data, String... options) {
        return up(data, Map.of(), options);
    }

    /** The same with settings for the services. */
    static RunningSystem up(Path data, Map<String, String> settings, String... options) {
        try {
            Files.createDirectories(data);
            int port = Server.freePort();
            Path out = data.resolve("up.out");
            Path err = data.resolve("up.err");
            Files.deleteIfExists(out);
            List<String> arguments =
                    new ArrayList<>(List.of("up", "--data", data.toString(), "--port", Integer.toString(port)));
            arguments.addAll(List.of(options));
            if (!arguments.contains("--workers")) {
                arguments.addAll(List.of("--workers", "2"));
            }
            Process process = Fq.start(out, err, settings, arguments.toArray(String[]::new));
            RunningSystem system = new RunningSystem(process, data, port, err);
            try {
                system.await("fq up says that it is ready", Duration.ofSeconds(120), () -> {
                    if (!process.isAlive()) {
                        throw new AssertionError("fq up ended with " + process.exitValue() + ":\n" + read(err));
                    }
                    return read(out).contains(":" + port) || read(err).contains("ready");
                });
            } catch (AssertionError e) {
                throw new AssertionError(e.getMessage() + system.mainThreads(), e);
            }
            return system;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String url() {
        return server.url();
    }

    ProcessHandle handle() {
        return process.toHandle();
    }

    /** kill -9 of one process of a module; the supervisor starts it again. */
    void kill(String module) {
        List<Long> pids = Fq.pidsOf(handle(), module);
        assertThat(pids).as("processes of " + module).isNotEmpty();
        Fq.signal(pids.getFirst(), "KILL");
    }

    /** A signal to every process of a module. */
    void signal(String module, String name) {
        Fq.pidsOf(handle(), module).forEach(pid -> Fq.signal(pid, name));
    }

    /** SIGINT, as Ctrl-C sends it, and the end of fq and of everything it started. */
    void interrupt() {
        List<ProcessHandle> all = process.descendants().toList();
        Fq.signal(process.pid(), "INT");
        try {
            assertThat(process.waitFor(30, TimeUnit.SECONDS))
                    .as("fq ends on SIGINT")
                    .isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        await(
                "all children are gone",
                Duration.ofSeconds(10),
                () -> all.stream().noneMatch(ProcessHandle::isAlive));
    }

    /** Its public door. */
    Server server() {
        return server;
    }

    JsonNode submit(String source, String model) {
        return server.submit(source, model);
    }

    JsonNode submit(String source, String model, int every) {
        return server.submit(source, model, every);
    }

    JsonNode job(String id) {
        return server.job(id);
    }

    JsonNode get(String path) {
        return server.get(path);
    }

    JsonNode put(String path, String json) {
        return server.put(path, json);
    }

    JsonNode awaitJob(String id, String what, Duration limit, Predicate<JsonNode> condition) {
        return server.awaitJob(id, what, limit, condition);
    }

    JsonNode awaitEnd(String id, Duration limit) {
        return server.awaitEnd(id, limit);
    }

    List<JsonNode> lines(String id) {
        return server.lines(id);
    }

    void await(String what, Duration limit, BooleanSupplier condition) {
        server.await(what, limit, condition);
    }

    static JsonNode parse(String json) {
        return Server.parse(json);
    }

    @Override
    public void close() {
        if (process.isAlive()) {
            interrupt();
        }
    }

    /** What fq and the services said last: the first thing a person wants to see of a failed run. */
    private String tails() {
        StringBuilder text = new StringBuilder("fq: " + read(err));
        Path logs = data.resolve("logs");
        if (Files.isDirectory(logs)) {
            try (var files = Files.list(logs)) {
                files.sorted().forEach(f -> {
                    String log = read(f);
                    text.append("\n== ").append(f.getFileName()).append('\n');
                    text.append(log.substring(Math.max(0, log.length() - 2000)));
                });
            } catch (IOException e) {
                text.append(e);
            }
        }
        return text.toString();
    }

    /** Where the services stand that have not started: their main threads' stacks. Ends the system. */
    private String mainThreads() {
        StringBuilder text = new StringBuilder();
        for (String module : List.of("ingest-service", "inference-service", "scheduler")) {
            Path log = data.resolve("logs").resolve(module + ".log");
            signal(module, "QUIT");
            try {
                await("a thread dump", Duration.ofSeconds(10), () -> read(log).contains("JNI global refs"));
            } catch (AssertionError e) {
                continue;
            }
            String dump = read(log);
            int main = dump.indexOf("\n\"main\" ");
            if (main >= 0) {
                text.append("\n== main thread of ").append(module);
                text.append(dump, main, Math.max(main, dump.indexOf("\n\n", main + 1)));
            }
        }
        close();
        return text.toString();
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file, StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
