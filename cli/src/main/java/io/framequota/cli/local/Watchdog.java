package io.framequota.cli.local;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * A small shell that ends what this process has started when this process is gone without having done it, kill -9
 * included: it reads who is alive from a pipe, and the pipe ends with us. It costs nothing while it waits.
 */
final class Watchdog implements AutoCloseable {
    // A line is "+PID" or "-PID". At the end of the pipe: ask, wait, insist. Ctrl-C reaches the whole foreground group
    // and must not take the watchdog first.
    private static final String SCRIPT = """
            trap '' INT TERM HUP
            alive=' '
            while read -r line; do
              pid=${line#?}
              case $line in
                +*) alive="$alive$pid " ;;
                -*) alive="${alive%% $pid *} ${alive#* $pid }" ;;
              esac
            done
            [ "$alive" = ' ' ] && exit
            kill -TERM $alive 2>/dev/null
            for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
              left=
              for pid in $alive; do kill -0 "$pid" 2>/dev/null && left="$left $pid"; done
              [ -z "$left" ] && exit
              sleep 0.2
            done
            kill -KILL $left 2>/dev/null
            """;

    private final Process shell;
    private final OutputStream pipe;

    Watchdog() throws IOException {
        shell = new ProcessBuilder(List.of("/bin/sh", "-c", SCRIPT))
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

    @Override
    public void close() {
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
