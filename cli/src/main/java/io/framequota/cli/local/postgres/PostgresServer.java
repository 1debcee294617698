package io.framequota.cli.local.postgres;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's own programs on a folder: make it, start on it, tell when it answers. */
public final class PostgresServer {
    // postgres takes SIGINT for "end now, but properly" and SIGTERM for "wait until every client has gone". A process
    // group of its own keeps the terminal's Ctrl-C away from it. A server that an earlier shell has left is ended
    // first:
    // two on one folder are refused.
    private static final String RUN = """
            set -m
            if read -r old 2>/dev/null <"$0/postmaster.pid"; then
              if [ "$(cat "/proc/$old/comm" 2>/dev/null)" = postgres ]; then
                kill -INT "$old"
                for i in {1..50}; do kill -0 "$old" 2>/dev/null || break; sleep 0.1; done
              fi
              rm -f "$0/postmaster.pid"
            fi
            trap '' INT
            "$@" &
            child=$!
            # With job control still on, wait would return at once, again and again, while the server is stopped.
            set +m
            trap 'kill -INT $child' TERM
            while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
            exit $code""";

    /** Unpacks the programs and initialises a folder that is new. */
    public static void initialise(Path cache, Path data) throws IOException, InterruptedException {
        Path home = PostgresBinaries.unpacked(cache);
        if (Files.exists(data.resolve("PG_VERSION"))) {
            return;
        }
        Files.createDirectories(data);
        List<String> command = new ArrayList<>(asUser());
        command.addAll(List.of(home.resolve("bin/initdb").toString(), "-D", data.toString(), "-U", "postgres"));
        command.addAll(List.of("-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"));
        Process initdb = new ProcessBuilder(command).redirectErrorStream(true).start();
        initdb.getOutputStream().close();
        String said = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException("cannot initialise PostgreSQL in " + data + ": "
                    + said.lines().filter(l -> l.contains("error")).findFirst().orElse(said.strip()));
        }
    }

    /** The folder with PostgreSQL's {@code bin}, {@code lib} and {@code share}, unpacked under {@code cache}. */
    public static Path programs(Path cache) throws IOException {
        return PostgresBinaries.unpacked(cache);
    }

    /**
     * The command line of a server on an initialised folder, ended properly by SIGTERM.
     *
     * @param data the folder, as seen from the process's own
     * @param lasting whether commits must survive a power failure; they survive the death of any process either way
     */
    public static List<String> command(Path cache, Path data, int port, boolean lasting) {
        try {
            List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", RUN, data.toString()));
            command.addAll(asUser());
            command.addAll(List.of(
                    PostgresBinaries.unpacked(cache).resolve("bin/postgres").toString()));
            command.addAll(List.of("-D", data.toString(), "-p", Integer.toString(port)));
            for (String setting : List.of(
                    "listen_addresses=127.0.0.1",
                    "unix_socket_directories=",
                    "max_connections=50",
                    "shared_buffers=32MB",
                    "jit=off",
                    "max_wal_size=256MB",
                    "fsync=" + (lasting ? "on" : "off"),
                    "full_page_writes=" + (lasting ? "on" : "off"))) {
                command.addAll(List.of("-c", setting));
            }
            return command;
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(
                    "PostgreSQL cannot be unpacked into " + cache + ": " + e.getMessage(), e);
        }
    }

    /**
     * Whether the server on this folder takes connections.
     *
     * @param shell id of the process started by {@link #command}: an older server's word does not count
     */
    public static boolean isReady(Path data, long shell) {
        List<String> lines = pidFile(data);
        return lines.size() > 7
                && lines.get(7).startsWith("ready")
                && ProcessHandle.of(Long.parseLong(lines.getFirst().strip()))
                        .flatMap(ProcessHandle::parent)
                        .filter(p -> p.pid() == shell)
                        .isPresent();
    }

    private static List<String> pidFile(Path data) {
        try {
            return Files.readAllLines(data.resolve("postmaster.pid"));
        } catch (IOException e) {
            return List.of();
        }
    }

    /** PostgreSQL refuses to run as root: in a user namespace of its own it does not see that it is. */
    static List<String> asUser() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of();
    }

    private PostgresServer() {}
}
