package io.framequota.cli.terminal;

import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/**
 * Where a command's words go. Results for programs go to {@link #print}, everything else to {@link #say}. Safe for use by
 * several threads.
 */
public final class Terminal {
    private static final String WIPE = "\r\u001b[K";
    private final PrintStream out;
    private final PrintStream err;
    private final Path folder;
    private final boolean interactive;
    private boolean lineOpen;

    /**
     * Writes to two streams.
     *
     * @param folder the user's current folder: relative paths start there
     * @param interactive whether {@code err} is a screen on which a line can be written again
     */
    public Terminal(PrintStream out, PrintStream err, Path folder, boolean interactive) {
        this.out = out;
        this.err = err;
        this.folder = folder;
        this.interactive = interactive;
    }

    /** The terminal of this process. The launcher says where the user stands ({@code FQ_FOLDER}) and what stderr is. */
    public static Terminal ofProcess(Map<String, String> environment) {
        return new Terminal(
                System.out,
                System.err,
                Path.of(environment.getOrDefault("FQ_FOLDER", "")).toAbsolutePath(),
                "1".equals(environment.get("FQ_SCREEN")));
    }

    /** Prints one line for programs. */
    public synchronized void print(String line) {
        endProgress();
        out.println(line);
        out.flush();
    }

    /** Standard output itself, for results that are not lines; the caller flushes it. */
    public PrintStream bytes() {
        return out;
    }

    /** Says one line to the person. */
    public synchronized void say(String line) {
        endProgress();
        err.println("fq: " + line);
        err.flush();
    }

    /** Shows how far the work is: on a screen over the last such line, elsewhere as a line of its own. */
    public synchronized void progress(String line) {
        if (interactive) {
            err.print(WIPE + line);
            lineOpen = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    /** Whether progress lines replace one another. */
    public boolean interactive() {
        return interactive;
    }

    /** A path as the user meant it. */
    public Path resolve(String path) {
        try {
            return folder.resolve(path).normalize();
        } catch (InvalidPathException e) {
            throw Failure.use("not a path: " + path);
        }
    }

    private void endProgress() {
        if (lineOpen) {
            err.print(WIPE);
            lineOpen = false;
        }
    }
}
