package io.framequota.local;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Log files, each with the older one that was put aside. */
public final class LogFiles {
    private static final int WINDOW = 1 << 20;

    /** The last lines of a log and the one before it, as far as they lie in the last mebibyte of each. */
    public static List<String> tail(Path file, int lines) throws IOException {
        List<String> last = end(file, lines);
        Path older = older(file);
        if (last.size() >= lines || !Files.exists(older)) {
            return last;
        }
        List<String> all = new ArrayList<>(end(older, lines - last.size()));
        all.addAll(last);
        return all;
    }

    private static List<String> end(Path file, int lines) throws IOException {
        try (SeekableByteChannel in = Files.newByteChannel(file)) {
            in.position(Math.max(0, in.size() - WINDOW));
            // It may be put aside meanwhile and end sooner.
            String text = new String(Channels.newInputStream(in).readNBytes(WINDOW), StandardCharsets.UTF_8);
            List<String> all = text.lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        }
    }

    /**
     * Puts a log beyond a size aside, in place of the one that was put aside before. Its process may have it open and goes on
     * in it from the start, because it only ever appends; what it writes between copy and cut is lost.
     */
    static void putAside(Path log, long limitBytes) throws IOException {
        if (!Files.exists(log) || Files.size(log) <= limitBytes) {
            return;
        }
        Files.copy(log, older(log), StandardCopyOption.REPLACE_EXISTING);
        try (SeekableByteChannel out = Files.newByteChannel(log, StandardOpenOption.WRITE)) {
            out.truncate(0);
        }
    }

    private static Path older(Path log) {
        return log.resolveSibling(log.getFileName() + ".1");
    }

    /**
     * The line that says why a process does not start: the last cause of its last stack trace, else the last line that is
     * not part of one.
     */
    static String reason(Path file) {
        try {
            List<String> last = end(file, 400).reversed();
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
