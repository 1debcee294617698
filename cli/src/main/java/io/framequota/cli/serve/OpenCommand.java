package io.framequota.cli.serve;

import io.framequota.cli.options.ServerOption;
import io.framequota.cli.terminal.Terminal;
import io.framequota.client.ServerClient;
import io.framequota.common.failure.Failure;
import io.framequota.local.Installation;
import java.io.File;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code fq open}. */
@Command(
        name = "open",
        description = "Open the web page of a server in the browser, and print its address.",
        footer = {
            "",
            "The browser is that of the desktop, or the program that BROWSER names. Where there is none, only the address"
                    + " is printed.",
            "",
            "Examples:",
            "  fq open",
            "  fq open --print --server http://cluster:8080"
        })
public final class OpenCommand implements Callable<Integer> {
    /** Programs that give an address to the user's browser and end. */
    private static final List<String> OPENERS = List.of("xdg-open", "open", "wslview");

    private static final long OPENER_SECONDS = 5;

    private final Terminal terminal;
    private final Installation installation;
    private final Map<String, String> environment;

    @Mixin
    private ServerOption server = new ServerOption();

    @Option(names = "--print", description = "Only print the address.")
    private boolean printOnly;

    public OpenCommand(Terminal terminal, Installation installation, Map<String, String> environment) {
        this.terminal = terminal;
        this.installation = installation;
        this.environment = environment;
    }

    @Override
    public Integer call() throws InterruptedException {
        String url = server.url(installation, environment);
        try (ServerClient client = server.connect(url, environment)) {
            // Says what to do where nothing answers, or where a key is missing. The page asks for the key, too.
            client.get("/api/v1/models");
        }
        terminal.print(url.replaceAll("/+$", "") + "/");
        if (!printOnly) {
            opener().ifPresent(opener -> open(opener, url));
        }
        return Failure.DONE;
    }

    private Optional<String> opener() {
        String named = environment.getOrDefault("BROWSER", "");
        if (!named.isBlank()) {
            return Optional.of(named);
        }
        boolean mac = System.getProperty("os.name", "").startsWith("Mac");
        boolean desktop = mac
                || Stream.of("DISPLAY", "WAYLAND_DISPLAY", "WSL_DISTRO_NAME")
                        .anyMatch(name -> !environment.getOrDefault(name, "").isBlank());
        return desktop ? OPENERS.stream().filter(this::isOnPath).findFirst() : Optional.empty();
    }

    private boolean isOnPath(String program) {
        return Stream.of(environment.getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> new File(folder, program).canExecute());
    }

    /** A browser that does not open is no failure: the address is printed. */
    private void open(String opener, String url) {
        try {
            Process process = new ProcessBuilder(opener, url)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            // A browser that is started by it may run on as the same process.
            if (process.waitFor(OPENER_SECONDS, TimeUnit.SECONDS) && process.exitValue() != 0) {
                terminal.say(opener + " could not open the address (exit code " + process.exitValue() + ")");
            }
        } catch (IOException e) {
            terminal.say(opener + " could not be started: " + Failure.words(e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
