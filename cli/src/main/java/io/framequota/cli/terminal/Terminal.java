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
 * Where a command's words go. Results for programs go to {@link #print}, everything else to {@link #say}; both are UTF-8 in
 * every locale. Standard output that cannot be written is an error as any other, but for a reader who has gone away: then
 * the rest is dropped. Safe for use by several threads.
 */
public final class Terminal {
    /** Names standard output among paths. */
    static final Path STANDARD_OUTPUT = Path.of("/dev/stdout");

    private static final Path STANDARD_INPUT = Path.of("/dev/stdin");
    private static final Set<Path> OUTPUTS = Set.of(STANDARD_OUTPUT, Path.of("/dev/fd/1"), Path.of("/proc/self/fd/1"));
    private static final String WIPE = "\r\u001b[K";
    private final Checked checked;
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
    public Terminal(OutputStream out, PrintStream err, Path folder, boolean interactive) {
        this.checked = new Checked(out);
        this.out = new PrintStream(checked, false, StandardCharsets.UTF_8);
        this.err = err;
        this.folder = folder;
        this.interactive = interactive;
    }

    /** The terminal of this process. The launcher says where the user stands ({@code FQ_FOLDER}) and what stderr is. */
    public static Terminal ofProcess(Map<String, String> environment) {
        return new Terminal(
                new FileOutputStream(FileDescriptor.out),
                new PrintStream(new FileOutputStream(FileDescriptor.err), false, StandardCharsets.UTF_8),
                FileNames.path(environment.getOrDefault("FQ_FOLDER", "")).toAbsolutePath(),
                "1".equals(environment.get("FQ_SCREEN")));
    }

    /**
     * Prints one line for programs.
     *
     * @throws UncheckedIOException when it cannot be written
     */
    public synchronized void print(String line) {
        endProgress();
        out.println(FileNames.shown(line));
        check();
    }

    /**
     * Prints everything that a stream gives as it comes, until its end or until nobody reads on.
     *
     * @throws UncheckedIOException when it cannot be written
     */
    public void print(InputStream in) throws IOException {
        byte[] bytes = new byte[1 << 16];
        for (int n = in.read(bytes); n >= 0 && !checked.unread(); n = in.read(bytes)) {
            out.write(bytes, 0, n);
            check();
        }
    }

    /** Standard output itself, for what others print; {@link #finish} tells what went wrong. */
    public PrintStream bytes() {
        return out;
    }

    /** The last words of a command: its exit code, or that of failed work when its output was lost unnoticed. */
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

    /** Says one line to the person. */
    public synchronized void say(String line) {
        endProgress();
        err.println("fq: " + oneLine(line));
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

    /** A path as the user meant it, also where its bytes are no text in any encoding. */
    public Path resolve(String path) {
        try {
            return folder.resolve(FileNames.path(path));
        } catch (IllegalArgumentException e) {
            throw Failure.use("not a path: " + path);
        }
    }

    /** The same for a source: {@code -} is standard input. */
    public Path source(String path) {
        return path.equals("-") ? STANDARD_INPUT : resolve(path);
    }

    /** The same for a file to be written: {@code -} is standard output. */
    public Path target(String path) {
        return path.equals("-") ? STANDARD_OUTPUT : resolve(path);
    }

    /** Whether a path is standard output. */
    public static boolean isStandardOutput(Path path) {
        return OUTPUTS.contains(path);
    }

    /** Starts to write a file. */
    public OutputFile open(Path target) throws IOException {
        return isStandardOutput(target) ? OutputFile.to(new Unclosed()) : OutputFile.open(target);
    }

    private static String oneLine(String line) {
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

    /** Standard output as a stream that says at once what is wrong. */
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

    /** Remembers what a {@link PrintStream} only counts. */
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
                // The launcher makes sure that the C library says so in English.
                unread = String.valueOf(e.getMessage()).matches("Broken pipe|Connection reset.*");
                trouble = unread ? null : e;
            }
        }

        synchronized boolean unread() {
            return unread;
        }

        /** What went wrong since it was asked last. */
        synchronized @Nullable IOException takeTrouble() {
            IOException taken = trouble;
            trouble = null;
            return taken;
        }
    }
}
