package io.framequota.local;

import io.framequota.local.process.Watchdog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Runs a program of the project in the foreground with the streams of this process. */
public final class ForegroundProgram {
    /** Leaves Ctrl-C, which reaches the whole foreground process group, to this process. */
    private static final List<String> IGNORE_INTERRUPT = List.of("/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh");

    /** Runs the program to its end and returns its exit code. An interrupt or the end of this JVM ends it. */
    public static int run(
            Installation installation, List<String> arguments, Map<String, String> environment, Path folder)
            throws IOException, InterruptedException {
        return run(installation, arguments, environment, folder, ProcessBuilder.Redirect.INHERIT);
    }

    /** As above, with another target for standard output. */
    public static int run(
            Installation installation,
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            ProcessBuilder.Redirect output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(IGNORE_INTERRUPT);
        command.add(installation.java().toString());
        command.addAll(JvmOptions.all(JvmOptions.LASTING));
        command.addAll(arguments);
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(folder.toFile())
                .inheritIO()
                .redirectOutput(output);
        builder.environment().putAll(environment);
        try (Watchdog watchdog = new Watchdog()) {
            Process process = builder.start();
            watchdog.add(process.pid());
            try {
                int code = process.waitFor();
                watchdog.remove(process.pid());
                return code;
            } catch (InterruptedException e) {
                process.destroy();
                if (!process.waitFor(3, TimeUnit.SECONDS)) {
                    process.destroyForcibly();
                }
                throw e;
            }
        }
    }

    private ForegroundProgram() {}
}
