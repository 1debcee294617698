package io.framequota.local.postgres;

import io.framequota.common.access.RandomSecret;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;

/** PostgreSQL's own programs on a folder: make it, start on it, tell when it answers. */
public final class PostgresServer {
    /** The one user that may log in, no superuser. It owns {@link #DATABASE} and what is in it, and nothing else. */
    public static final String USER = "framequota";

    /** The database in which everything is. */
    public static final String DATABASE = "postgres";

    /** Nobody is trusted, and nobody else has an entry: superusers are for the single-user mode. */
    private static final String ACCESS = "host " + DATABASE + " " + USER + " 127.0.0.1/32 scram-sha-256\n";

    /** The file in the database's own folder: where it is, the database is secured with what is in it. */
    private static final String PASSWORD = "framequota-password";

    // A server that an earlier shell has left is ended first: two on one folder are refused.
    private static final String END_OLD = """
        umask 077
        if read -r old 2>/dev/null <"$0/postmaster.pid"; then
          if [ "$(cat "/proc/$old/comm" 2>/dev/null)" = postgres ]; then
            kill -INT "$old"
            for i in {1..50}; do kill -0 "$old" 2>/dev/null || break; sleep 0.1; done
          fi
          rm -f "$0/postmaster.pid"
        fi
        """;

    // postgres takes SIGINT for "end now, but properly" and SIGTERM for "wait until every client has gone". A process
    // group of its own keeps the terminal's Ctrl-C away from it.
    private static final String RUN = END_OLD + """
        set -m
        trap '' INT
        "$@" &
        child=$!
        # With job control still on, wait would return at once, again and again, while the server is stopped.
        set +m
        trap 'kill -INT $child' TERM
        while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
        exit $code\
        """;

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

    /**
     * Lets {@link #USER} alone in, by a password that is made here once and kept in the database's folder. What is in the
     * database already becomes that user's. No server may use the folder, but one that an earlier shell has left is ended.
     *
     * @return the password
     */
    public static String secure(Path cache, Path data) throws IOException, InterruptedException {
        Path file = data.resolve(PASSWORD);
        if (Files.exists(file)) {
            return Files.readString(file);
        }
        String password = RandomSecret.next();
        Files.writeString(data.resolve("pg_hba.conf"), ACCESS);
        singleUser(cache, data, ownership(password));
        Path half = data.resolve(PASSWORD + ".new");
        Files.deleteIfExists(half);
        Files.createFile(half, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(half, password);
        Files.move(half, file, StandardCopyOption.ATOMIC_MOVE);
        return password;
    }

    /** Statements, one a line, that may run any number of times. */
    private static String ownership(String password) {
        return """
            DO $$BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '@USER') THEN CREATE ROLE @USER; END IF; END$$
            ALTER ROLE @USER LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS PASSWORD '@PASSWORD'
            ALTER DATABASE @DATABASE OWNER TO @USER
            DO $$DECLARE o record; BEGIN FOR o IN SELECT c.oid::regclass AS name FROM pg_class c WHERE c.relnamespace = \
            'public'::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'S') AND NOT EXISTS (SELECT FROM pg_depend d WHERE \
            d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype IN ('a', 'i')) LOOP EXECUTE 'ALTER TABLE ' || \
            o.name || ' OWNER TO @USER'; END LOOP; END$$
            """.replace("@USER", USER).replace("@DATABASE", DATABASE).replace("@PASSWORD", password);
    }

    private static void singleUser(Path cache, Path data, String statements) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("/bin/bash", "-c", END_OLD + "exec \"$@\"", data.toString()));
        command.addAll(asUser());
        command.add(PostgresBinaries.unpacked(cache).resolve("bin/postgres").toString());
        command.addAll(List.of("--single", "-D", data.toString(), "-c", "exit_on_error=on"));
        // Iterations slow down whoever guesses a password; 256 random bits are not guessed.
        command.addAll(List.of("-c", "scram_iterations=1", "-c", "log_min_error_statement=panic", DATABASE));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(statements.getBytes(StandardCharsets.UTF_8));
        }
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || said.contains("ERROR:") || said.contains("FATAL:")) {
            throw new IOException("cannot set up PostgreSQL's user in " + data + ": "
                    + said.lines()
                            .filter(l -> l.contains("ERROR:") || l.contains("FATAL:"))
                            .findFirst()
                            .orElse(said.strip()));
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
                    // Files of the data folder, which go with it: those in /dev/shm would outlive a server that is
                    // killed.
                    "dynamic_shared_memory_type=mmap",
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
