package io.framequota.local.process;

import io.framequota.contract.frame.SharedMemoryNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A shell that ends the processes of this JVM when the JVM is gone without having ended them itself, after kill -9 for
 * example. The shell reads their ids from a pipe, which ends with the JVM. Thread-safe.
 */
public final class Watchdog implements AutoCloseable {
    /** Folder within a data folder for temporary files of all processes; it is emptied at each start. */
    public static final String TMP = "tmp";

    /** File within a data folder of a single run: the run can be resumed, so the folder outlives its processes. */
    public static final String NOTE = "note";

    // Lines on the pipe: "+PID" and "-PID" for processes that started and ended, "=FOLDER" for a folder to remove in
    // the
    // end, "." when this JVM has cleaned up itself. When the pipe ends, the shell sends SIGTERM, waits, and sends
    // SIGKILL.
    // It ignores Ctrl-C, which reaches the whole foreground process group.
    // $1 tells what its working folder is: "private" for the data of a single run, "lasting" for data that stays, else
    // neither. $2 is the prefix of shared memory files: they exist for milliseconds, so only a killed worker leaves
    // one.
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            here=$PWD
            data=$1
            regions=$2
            alive=' '
            folders=
            left=
            while read -r line; do
              pid=${line#?}
              case $line in
                +*) alive="$alive$pid " ;;
                -*) alive="${alive%% $pid *} ${alive#* $pid }"; rm -f "$regions$pid"-* ;;
                =*) folders="$folders $pid" ;;
                .) data= ;;
              esac
            done
            if [ "$alive" != ' ' ]; then
              kill -TERM $alive 2>/dev/null
              for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
                left=
                for pid in $alive; do kill -0 "$pid" 2>/dev/null && left="$left $pid"; done
                [ -z "$left" ] && break
                sleep 0.2
              done
              [ -n "$left" ] && kill -KILL $left 2>/dev/null
              for pid in $alive; do rm -f "$regions$pid"-*; done
            fi
            if [ -n "$data" ]; then
              rm -rf ./@TMP
              if [ "$data" = private ] && [ ! -e ./@NOTE ]; then cd / && rm -rf "$here"; fi
            fi
            for i in 1 2 3 4 5; do
              left=
              for folder in $folders; do
                [ -d "$folder" ] || continue
                rmdir "$folder"/*/ "$folder" 2>/dev/null || left=$folder
              done
              [ -z "$left" ] && exit
              sleep 0.2
            done
            """.replace("@TMP", TMP).replace("@NOTE", NOTE);

    private static final String REGIONS =
            SharedMemoryNames.FOLDER.resolve(SharedMemoryNames.PREFIX).toString();

    private final Process shell;
    private final OutputStream pipe;

    /** Watches over processes only. */
    public Watchdog() throws IOException {
        this(Path.of("/"), "");
    }

    /**
     * Watches over a data folder, too: removes its temporary files, and the whole folder when it is of a single run and holds
     * no {@link #NOTE}.
     *
     * @param lasting false for the folder of a single run
     */
    public Watchdog(Path data, boolean lasting) throws IOException {
        this(data, lasting ? "lasting" : "private");
    }

    private Watchdog(Path folder, String kind) throws IOException {
        shell = new ProcessBuilder(List.of("/bin/sh", "-c", SCRIPT, "sh", kind, REGIONS))
                .directory(folder.toFile())
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        pipe = shell.getOutputStream();
    }

    /** Adds a process, to be ended with this JVM. */
    public void add(long pid) {
        send("+" + pid);
    }

    /** Removes a process that has ended: its id may soon be another process's. */
    public void remove(long pid) {
        send("-" + pid);
    }

    /** Adds a folder of control groups, to be removed when all processes have ended; a path with a blank is ignored. */
    public void removeAtEnd(Path folder) {
        if (folder.toString().indexOf(' ') < 0) {
            send("=" + folder);
        }
    }

    @Override
    public void close() {
        send(".");
        try {
            pipe.close();
        } catch (IOException e) {
            shell.destroyForcibly();
        }
    }

    private synchronized void send(String line) {
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            // The shell was killed: the processes would outlive a kill of this JVM; nothing else is lost.
        }
    }
}
