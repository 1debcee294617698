package io.framequota.cli;

import io.framequota.cli.terminal.Terminal;
import io.framequota.local.Installation;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** Runs fq inside the test's JVM, in a temporary folder. */
public abstract class FqTestBase {
    @TempDir
    protected Path folder;

    protected final ByteArrayOutputStream out = new ByteArrayOutputStream();
    protected final ByteArrayOutputStream err = new ByteArrayOutputStream();

    /** Runs a command and returns its exit code. */
    protected int run(String... arguments) {
        return run(Map.of(), arguments);
    }

    protected int run(Map<String, String> environment, String... arguments) {
        return line(environment).execute(arguments);
    }

    /** Runs a command, given as one text, against a server. */
    protected int run(StubServer server, String command) {
        return run(Map.of("FQ_SERVER", server.url()), command.split(" "));
    }

    protected CommandLine line(Map<String, String> environment) {
        return FqMain.commandLine(terminal(), installation(), environment);
    }

    protected final Terminal terminal() {
        return new Terminal(new PrintStream(out), new PrintStream(err), folder, false);
    }

    protected final Installation installation() {
        return new Installation(folder, Path.of("java"), folder.resolve("state"), folder.resolve("cache"));
    }

    /** Standard output since the last call. */
    protected String out() {
        String text = out.toString(StandardCharsets.UTF_8);
        out.reset();
        return text;
    }

    /** Standard error so far. */
    protected String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
