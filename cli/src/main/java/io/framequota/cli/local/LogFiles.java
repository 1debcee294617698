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

    /** The last line that says something, for a message about a process that does not start. */
    static String lastLine(Path file) {
        try {
            return tail(file, 20).reversed().stream()
                    .map(String::strip)
                    .filter(l -> !l.isEmpty() && !l.startsWith("at ") && !l.startsWith("..."))
                    .findFirst()
                    .map(l -> l + " (its log: " + file + ")")
                    .orElse("its log is " + file);
        } catch (IOException e) {
            return "its log is " + file;
        }
    }

    private LogFiles() {}
}
