package io.framequota.cli.terminal;

import io.framequota.common.failure.Failure;
import io.framequota.common.text.FileNames;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Output of a command: results for programs by {@link #print}, messages for people by {@link #say}; UTF-8 in every locale. A failed
 * write to standard output is an error, except that output is dropped when its reader has closed the pipe. Thread-safe.
 */
public final class Terminal {
    /** The path of standard output. */
    static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    private static final Set<Path> OUTPUTS = Set.of(STANDARD_OUTPUT, Path.of("/dev/fd/1"), Path.of("/proc/self/fd/1"));
    private static final String WIPE = "\r\u001b[K";
    private static final String GREEN = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    /** Cells of a progress bar. */
    private static final int BAR = 20;

    private final Checked checked;
    private final PrintStream out;
    private final PrintStream err;
    private final Path folder;
    private final boolean interactive;
    private final boolean colours;
    private boolean lineOpen;

    /**
     * Creates a terminal that writes to two streams.
     *
     * @param folder the user's working folder, to which relative paths are resolved
     * @param interactive whether {@code err} is a screen, on which a line can be replaced
     */
    public Terminal(OutputStream out, PrintStream err, Path folder, boolean interactive) {
        this(out, err, folder, interactive, false);
    }

    /** As above. @param colours whether the screen shows colours */
    public Terminal(OutputStream out, PrintStream err, Path folder, boolean interactive, boolean colours) {
        this.checked = new Checked(out);
        this.out = new PrintStream(checked, false, StandardCharsets.UTF_8);
        this.err = err;
        this.folder = folder;
        this.interactive = interactive;
        this.colours = colours;
    }

    /** The terminal of this process. The launcher sets {@code FQ_FOLDER}, the user's folder, and {@code FQ_SCREEN}. */
    public static Terminal ofProcess(Map<String, String> environment) {
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8),
                FileNames.path(environment.getOrDefault("FQ_FOLDER", "")).toAbsolutePath(),
                "1".equals(environment.get("FQ_SCREEN")),
                hasColours(environment));
    }

    /** NO_COLOR with any value turns colours off, see https://no-color.org. */
    static boolean hasColours(Map<String, String> environment) {
        String kind = environment.getOrDefault("TERM", "");
        return environment.getOrDefault("NO_COLOR", "").isEmpty() && !kind.isEmpty() && !kind.equals("dumb");
    }

    /**
     * Prints a line for programs.
     *
     * @throws UncheckedIOException it cannot be written
     */
    public synchronized void print(String line) {
        endProgress();
        out.println(FileNames.shown(line));
        check();
    }

    /**
     * Copies a stream to standard output until the stream ends or the reader has closed the pipe.
     *
     * @throws UncheckedIOException it cannot be written
     */
    public void print(InputStream in) throws IOException {
        byte[] bytes = new byte[1 << 16];
        for (int n = in.read(bytes); n >= 0 && !checked.unread(); n = in.read(bytes)) {
            out.write(bytes, 0, n);
            check();
        }
    }

    /** Whether nobody reads standard output any more: the pipe was closed. */
    public boolean unread() {
        return checked.unread();
    }

    /** Standard output for other code; {@link #finish} reports failed writes. */
    public PrintStream bytes() {
        return out;
    }

    /** Reports a failed write that was not noticed before, and returns the exit code, which is not 0 then. */
    public int finish(int code) {
        try {
            check();
            return code;
        } catch (UncheckedIOException e) {
            say(Failure.words(e));
            return Math.max(code, Failure.WORK_FAILED);
        }
    }

    private void check() {
        out.flush();
        IOException trouble = checked.takeTrouble();
        if (trouble != null) {
            throw new UncheckedIOException(
                    new IOException("cannot write to standard output: " + trouble.getMessage(), trouble));
        }
    }

    /** Prints a message of one line for people. */
    public synchronized void say(String line) {
        endProgress();
        err.println("fq: " + oneLine(line));
        err.flush();
    }

    /** Shows progress: on a screen in place of the previous progress line, otherwise as a new line. */
    public synchronized void progress(String line) {
        if (interactive) {
            err.print(WIPE + line);
            lineOpen = true;
        } else {
            err.println(line);
        }
        err.flush();
    }

    /**
     * Shows progress with a bar in front of the line, where it is a screen.
     *
     * @param part from 0 to 1
     */
    public void progress(double part, String line) {
        progress(interactive ? bar(part) + line : line);
    }

    private String bar(double part) {
        int full = (int) Math.round(Math.clamp(part, 0, 1) * BAR);
        String done = "█".repeat(full);
        return (colours ? GREEN + done + PLAIN : done) + "░".repeat(BAR - full) + " ";
    }

    /** Whether progress lines replace each other. */
    public boolean interactive() {
        return interactive;
    }

    /** Resolves a path of the user's, whose name need not be UTF-8. */
    public Path resolve(String path) {
        try {
            return folder.resolve(FileNames.path(path));
        } catch (IllegalArgumentException e) {
            throw Failure.use("not a path: " + path);
        }
    }

    /** Resolves a source; {@code -} is standard input. */
    public Path source(String path) {
        return path.equals("-") ? STANDARD_INPUT : resolve(path);
    }

    /** Resolves an output; {@code -} is standard output. */
    public Path target(String path) {
        return path.equals("-") ? STANDARD_OUTPUT : resolve(path);
    }

    /** Whether a path is standard output. */
    public static boolean isStandardOutput(Path path) {
        return OUTPUTS.contains(path);
    }

    /** Starts writing a file or standard output. */
    public OutputFile open(Path target) throws IOException {
        return isStandardOutput(target) ? OutputFile.to(new Unclosed()) : OutputFile.open(target);
    }

    /** The text in one line, without control characters: it may come from elsewhere. */
    public static String oneLine(String line) {
        StringBuilder text = new StringBuilder();
        FileNames.shown(line).codePoints().forEach(c -> {
            if (c == '\n') {
                text.append("\\n");
            } else if (c != '\t' && Character.getType(c) == Character.CONTROL) {
                text.append(String.format("\\x%02X", c));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }

    private void endProgress() {
        if (lineOpen) {
            err.print(WIPE);
            lineOpen = false;
        }
    }

    /** Standard output as a stream that throws on a failed write. */
    private final class Unclosed extends OutputStream {
        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            try {
                check();
            } catch (UncheckedIOException e) {
                throw e.getCause();
            }
        }
    }

    /** Keeps the exception of a failed write, which a {@link PrintStream} hides. */
    private static final class Checked extends OutputStream {
        private final OutputStream out;
        private @Nullable IOException trouble;
        private boolean unread;

        Checked(OutputStream out) {
            this.out = out;
        }

        @Override
        public void write(int b) {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public synchronized void write(byte[] bytes, int offset, int length) {
            if (unread) {
                return;
            }
            try {
                out.write(bytes, offset, length);
                out.flush();
            } catch (IOException e) {
                // The launcher sets a locale in which these messages are English.
                unread = String.valueOf(e.getMessage()).matches("Broken pipe|Connection reset.*");
                trouble = unread ? null : e;
            }
        }

        synchronized boolean unread() {
            return unread;
        }

        /** The failure since the last call, or null. */
        synchronized @Nullable IOException takeTrouble() {
            IOException taken = trouble;
            trouble = null;
            return taken;
        }
    }
}
