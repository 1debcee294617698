package io.framequota.local;

import io.framequota.contract.frame.SharedMemoryNames;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * A small shell that ends what this process has started when this process is gone without having done it, kill -9
 * included: it reads who is alive from a pipe, and the pipe ends with us. It costs nothing while it waits.
 */
final class Watchdog implements AutoCloseable {
    // A line is "+PID" or "-PID", or "=FOLDER" to be removed at last, or "." when we have put things in order
    // ourselves. At
    // the end of the pipe: ask, wait, insist. Ctrl-C reaches the whole foreground group and must not take the watchdog
    // first.
    // $1 is "private" where the folder it runs in is for one run, "lasting" where it is to stay, else it is not ours.
    // $2 is what names of shared memory begin with. They last for milliseconds; where a worker is killed just then, its
    // name is removed here.
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
            """.replace("@TMP", ProcessSpecs.TMP).replace("@NOTE", DataFolder.NOTE);

    private static final String REGIONS =
            SharedMemoryNames.FOLDER.resolve(SharedMemoryNames.PREFIX).toString();

    private final Process shell;
    private final OutputStream pipe;

    /** Of processes alone. */
    Watchdog() throws IOException {
        this(Path.of("/"), "");
    }

    /**
     * Of a data folder, too: its temporary files go when we have not closed this, and all of it when it is of one run and no
     * note beside an output leads to it.
     */
    Watchdog(Path data, boolean lasting) throws IOException {
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

    /** A process to end with us. */
    void add(long pid) {
        tell("+" + pid);
    }

    /** It has ended: its number may be another's soon. */
    void remove(long pid) {
        tell("-" + pid);
    }

    /** A folder of control groups to remove when everything has ended: its path holds no blank. */
    void removeAtLast(Path folder) {
        if (folder.toString().indexOf(' ') < 0) {
            tell("=" + folder);
        }
    }

    @Override
    public void close() {
        tell(".");
        try {
            pipe.close();
        } catch (IOException e) {
            shell.destroyForcibly();
        }
    }

    private synchronized void tell(String line) {
        try {
            pipe.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
            pipe.flush();
        } catch (IOException e) {
            // The shell was killed: nothing ends the children with us then, and nothing else is wrong.
        }
    }
}
