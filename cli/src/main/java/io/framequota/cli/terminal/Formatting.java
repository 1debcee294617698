package io.framequota.cli.terminal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Formats progress, durations and tables for people. */
public final class Formatting {
    /** Frames done, frames per second and time left; {@code expected} is 0 if the number of frames is unknown. */
    public static String progress(String what, long frames, long expected, Duration elapsed, String state) {
        double seconds = elapsed.toMillis() / 1000.0;
        double rate = seconds > 0 ? frames / seconds : 0;
        StringBuilder text = new StringBuilder(what).append(": ").append(frames);
        if (expected > 0) {
            text.append('/').append(expected);
        }
        text.append(" frames");
        if (frames == 0) {
            return text.append(", ").append(state).toString();
        }
        text.append(String.format(Locale.ROOT, ", %.1f frames/s", rate));
        if (expected > frames && rate > 0) {
            text.append(", ")
                    .append(duration(Math.round((expected - frames) / rate)))
                    .append(" left");
        }
        return text.toString();
    }

    /** Seconds as {@code 42 s}, {@code 3 min 5 s} or {@code 2 h 7 min}. */
    public static String duration(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min " + seconds % 60 + " s";
        }
        return seconds / 3600 + " h " + seconds % 3600 / 60 + " min";
    }

    /** Aligns rows in columns; the first row is the heading. Control characters in cells are left out. */
    public static String table(List<List<String>> cells) {
        List<List<String>> rows = cells.stream()
                .map(row -> row.stream().map(Terminal::oneLine).toList())
                .toList();
        int columns = rows.getFirst().size();
        int[] widths = new int[columns];
        for (List<String> row : rows) {
            for (int c = 0; c < columns; c++) {
                widths[c] = Math.max(widths[c], row.get(c).length());
            }
        }
        StringBuilder text = new StringBuilder();
        for (List<String> row : rows) {
            StringBuilder line = new StringBuilder();
            for (int c = 0; c < columns; c++) {
                line.append(row.get(c)).repeat(' ', widths[c] - row.get(c).length() + 2);
            }
            text.append(text.isEmpty() ? "" : "\n").append(line.toString().stripTrailing());
        }
        return text.toString();
    }

    private Formatting() {}
}
