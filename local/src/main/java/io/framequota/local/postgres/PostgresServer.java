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

/** Commands for a PostgreSQL server: initialise its folder, start it, tell when it is ready. */
public final class PostgresServer {
    /** The only user that may log in. It owns {@link #DATABASE} and is no superuser. */
    public static final String USER = "framequota";

    /** The name of the database. */
    public static final String DATABASE = "postgres";

    /** Requires a password. No other user has an entry: superusers are used in single-user mode only. */
    private static final String ACCESS = "host " + DATABASE + " " + USER + " 127.0.0.1/32 scram-sha-256\n";

    /** File with the password in the database's folder; it exists once the database requires that password. */
    private static final String PASSWORD = "framequota-password";

    // Ends a server that a killed shell has left: PostgreSQL refuses a second one on the same folder. A zombie does not
    // count as running.
    private static final String END_OLD = """
            umask 077
            if read -r old 2>/dev/null <"$0/postmaster.pid"; then
              if [ "$(cat "/proc/$old/comm" 2>/dev/null)" = postgres ]; then
                kill -INT "$old"
                running='^[0-9]+ \\(postgres\\) [^ZX]'
                for i in {1..50}; do [[ $(cat "/proc/$old/stat" 2>/dev/null) =~ $running ]] || break; sleep 0.1; done
              fi
              rm -f "$0/postmaster.pid"
            fi
            """;

    // SIGINT is PostgreSQL's fast shutdown; SIGTERM would wait for all clients. The server's own process group keeps
    // the terminal's Ctrl-C away from it.
    private static final String RUN = END_OLD + """
            set -m
            trap '' INT
            "$@" &
            child=$!
            # With job control still on, wait would return at once, again and again, while the server is stopped.
            set +m
            trap 'kill -INT $child' TERM
            while kill -0 $child 2>/dev/null; do wait $child; code=$?; done
            exit $code""";

    /** Unpacks the programs and initialises a new folder. */
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
        String output = new String(initdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (initdb.waitFor() != 0) {
            throw new IOException("cannot initialise PostgreSQL in " + data + ": "
                    + output.lines()
                            .filter(l -> l.contains("error"))
                            .findFirst()
                            .orElse(output.strip()));
        }
    }

    /**
     * Restricts access to {@link #USER} with a password, which is generated once and kept in the database's folder. The user
     * becomes the owner of existing tables. No server may use the folder; one that a killed shell has left is ended.
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

    /** Statements, one on each line, that can be repeated. */
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
        // Iterations make guessing slower; a password of 256 random bits is not guessed.
        command.addAll(List.of("-c", "scram_iterations=1", "-c", "log_min_error_statement=panic", DATABASE));
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        try (OutputStream out = process.getOutputStream()) {
            out.write(statements.getBytes(StandardCharsets.UTF_8));
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0 || output.contains("ERROR:") || output.contains("FATAL:")) {
            throw new IOException("cannot set up PostgreSQL's user in " + data + ": "
                    + output.lines()
                            .filter(l -> l.contains("ERROR:") || l.contains("FATAL:"))
                            .findFirst()
                            .orElse(output.strip()));
        }
    }

    /** The folder with PostgreSQL's {@code bin}, {@code lib} and {@code share}, unpacked below {@code cache}. */
    public static Path programs(Path cache) throws IOException {
        return PostgresBinaries.unpacked(cache);
    }

    /**
     * The command line of a server on an initialised folder. SIGTERM is a fast shutdown.
     *
     * @param data the folder, relative to the process's working folder
     * @param lasting whether commits must survive a power failure; they always survive the end of processes
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
                    // Files in /dev/shm would outlive a killed server; these are in its data folder.
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
     * Whether the server on a folder accepts connections.
     *
     * @param shell id of the process started by {@link #command}; another process's server does not count
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

    /** PostgreSQL refuses to run as root; in its own user namespace it does not appear to be root. */
    static List<String> asUser() {
        return "root".equals(System.getProperty("user.name")) ? List.of("unshare", "-U") : List.of();
    }

    private PostgresServer() {}
}
