package io.framequota.local;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One program of the project in the foreground, with our streams; it ends with us. */
public final class ForegroundProgram {
    /** Runs it to its end and returns its exit code; an interrupt ends it. */
    public static int run(
            Installation installation, List<String> arguments, Map<String, String> environment, Path folder)
            throws IOException, InterruptedException {
        return run(installation, arguments, environment, folder, ProcessBuilder.Redirect.INHERIT);
    }

    /** The same with another place for what it prints. */
    public static int run(
            Installation installation,
            List<String> arguments,
            Map<String, String> environment,
            Path folder,
            ProcessBuilder.Redirect output)
            throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(ProcessSpecs.IGNORE_INTERRUPT);
        command.add(installation.java().toString());
        command.addAll(JvmOptions.ALL);
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
