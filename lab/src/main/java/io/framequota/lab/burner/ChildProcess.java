package io.framequota.lab.burner;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A child process that serves one request. It ends with its input, at the latest with this process. */
final class ChildProcess {
    /** Starts the child from a new thread and passes on its output. If the child fails, this process ends. */
    static void serve(String order, Consumer<String> relay) {
        Thread.ofPlatform().daemon().name("child").start(() -> {
            try {
                watch(order, relay);
            } catch (IOException e) {
                System.err.println("a child cannot serve: " + e.getMessage());
                Runtime.getRuntime().halt(1);
            }
        });
    }

    private static void watch(String order, Consumer<String> relay) throws IOException {
        Process process = new ProcessBuilder(command())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try (OutputStream orders = process.getOutputStream();
                BufferedReader output = process.inputReader(StandardCharsets.US_ASCII)) {
            orders.write((order + "\n").getBytes(StandardCharsets.US_ASCII));
            orders.flush();
            String line;
            do {
                line = output.readLine();
                if (line == null) {
                    throw new IOException("it ended before its request did");
                }
                relay.accept(line);
            } while (!line.startsWith("ended"));
        }
    }

    /** The command of this process; the class path is in the environment. */
    private static List<String> command() throws IOException {
        List<String> command = new ArrayList<>();
        command.add(ProcessHandle.current().info().command().orElseThrow(() -> new IOException("no path of java")));
        command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
        command.add(Burner.class.getName());
        return command;
    }

    private ChildProcess() {}
}
