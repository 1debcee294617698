package io.framequota.e2e;

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

/** Runs the project's own {@code fq} as a user would, in a process of its own. */
final class Fq {
    /** The project's root. */
    static final Path ROOT = Path.of("..").toAbsolutePath().normalize();

    /** How a command ended. */
    record Ended(int code, String out, String err) {}

    /** Runs a command to its end; fails when it takes longer than {@code limit}. */
    static Ended run(Duration limit, String... arguments) {
        return run(limit, Map.of(), arguments);
    }

    /** The same with settings in the environment. */
    static Ended run(Duration limit, Map<String, String> settings, String... arguments) {
        try {
            Path out = Files.createTempFile("fq-e2e", ".out");
            Path err = Files.createTempFile("fq-e2e", ".err");
            try {
                Process process = start(out, err, settings, arguments);
                if (!process.waitFor(limit.toSeconds(), TimeUnit.SECONDS)) {
                    process.descendants().forEach(ProcessHandle::destroyForcibly);
                    process.destroyForcibly();
                    throw new AssertionError("fq " + String.join(" ", arguments) + " did not end within " + limit
                            + ":\n" + Files.readString(err));
                }
                return new Ended(process.exitValue(), Files.readString(out), Files.readString(err));
            } finally {
                Files.delete(out);
                Files.delete(err);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Starts a command whose output goes to two files. */
    static Process start(Path out, Path err, Map<String, String> settings, String... arguments) throws IOException {
        // A shell without job control has what it starts in the background ignore SIGINT, down to us; users' fq hears
        // it.
        List<String> command = new ArrayList<>(
                List.of("env", "--default-signal=INT", ROOT.resolve("fq").toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(ROOT.resolve("e2e/target").toFile())
                .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
                .redirectOutput(out.toFile())
                .redirectError(err.toFile());
        // Maven has just built everything; a second build inside it would only race with it.
        builder.environment().put("FRAMEQUOTA_NO_BUILD", "1");
        builder.environment().putAll(settings);
        return builder.start();
    }

    /** Sends a signal to a process, such as {@code INT} or {@code KILL}. */
    static void signal(long pid, String name) {
        try {
            Process kill = new ProcessBuilder("kill", "-" + name, Long.toString(pid)).start();
            kill.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The pids among {@code root} and its descendants whose command line names a module. */
    static List<Long> pidsOf(ProcessHandle root, String module) {
        return root.descendants()
                .filter(p -> commandLine(p.pid()).contains(module))
                .map(ProcessHandle::pid)
                .sorted()
                .toList();
    }

    /** A process's command line, empty when it is gone. */
    static String commandLine(long pid) {
        try {
            return new String(Files.readAllBytes(Path.of("/proc/" + pid + "/cmdline")), StandardCharsets.UTF_8)
                    .replace('\0', ' ');
        } catch (IOException e) {
            return "";
        }
    }

    private Fq() {}
}
