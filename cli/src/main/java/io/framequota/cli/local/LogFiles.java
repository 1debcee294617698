package io.framequota.cli.local;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** The ends of log files. */
public final class LogFiles {
    private static final int WINDOW = 1 << 20;

    /** The last lines of a file, as far as they lie in its last mebibyte. */
    public static List<String> tail(Path file, int lines) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            long start = Math.max(0, in.length() - WINDOW);
            in.seek(start);
            byte[] bytes = new byte[(int) (in.length() - start)];
            in.readFully(bytes);
            List<String> all = new String(bytes, StandardCharsets.UTF_8).lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        }
    }

    /**
     * The line that says why a process does not start: the last cause of its last stack trace, else the last line that is
     * not part of one.
     */
    static String reason(Path file) {
        try {
            List<String> last = tail(file, 400).reversed();
            return last.stream()
                    .filter(l -> l.startsWith("Caused by: "))
                    .findFirst()
                    .or(() -> last.stream()
                            .filter(l -> !l.isBlank() && !l.startsWith("\t"))
                            .findFirst())
                    .map(l -> l.strip().replaceFirst("^Caused by: ", "") + " (its log: " + file + ")")
                    .orElse("its log is " + file);
        } catch (IOException e) {
            return "its log is " + file;
        }
    }

    private LogFiles() {}
}
