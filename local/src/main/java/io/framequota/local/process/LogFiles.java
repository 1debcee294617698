package io.framequota.local.process;

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

/** Reads and rotates log files. Each log has at most one older file beside it. */
public final class LogFiles {
    private static final int TAIL_BYTES = 1 << 20;

    /** The last lines of a log and its older file, from the last mebibyte of each. */
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
            in.position(Math.max(0, in.size() - TAIL_BYTES));
            // The file may be rotated meanwhile and end sooner.
            String text = new String(Channels.newInputStream(in).readNBytes(TAIL_BYTES), StandardCharsets.UTF_8);
            List<String> all = text.lines().toList();
            return all.subList(Math.max(0, all.size() - lines), all.size());
        }
    }

    /**
     * Rotates a log above a size: copies it over the older file and truncates it. The process that has it open for appending
     * goes on at the start; what it writes between the copy and the truncation is lost.
     */
    static void rotate(Path log, long maxBytes) throws IOException {
        if (!Files.exists(log) || Files.size(log) <= maxBytes) {
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
     * Why a process does not start: the last cause in the last stack trace of its log, else the last line outside a stack
     * trace, each with the log's path.
     */
    public static String reason(Path file) {
        try {
            List<String> last = end(file, 400).reversed();
            return last.stream()
                    .filter(l -> l.startsWith("Caused by: "))
                    .findFirst()
                    .or(() -> last.stream()
                            .filter(l -> !l.isBlank() && !l.startsWith("\t"))
                            .findFirst())
                    .map(l -> l.strip().replaceFirst("^Caused by: ", "") + " (log: " + file + ")")
                    .orElse("see its log " + file);
        } catch (IOException e) {
            return "see its log " + file;
        }
    }

    private LogFiles() {}
}
