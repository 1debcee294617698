package io.framequota.cli.terminal;

import java.time.Duration;
import java.util.List;
import java.util.Locale;

/** Formats progress, durations and tables for people. */
public final class Formatting {
    /**
     * Frames done, frames per second and time left.
     *
     * @param before frames that were done before the time began
     * @param expected 0 if the number of frames is unknown
     */
    public static String progress(
            String what, long frames, long before, long expected, Duration elapsed, String state) {
        double seconds = elapsed.toMillis() / 1000.0;
        double rate = seconds > 0 ? (frames - before) / seconds : 0;
        StringBuilder text = new StringBuilder(what).append(": ");
        text.append(expected > 0 ? frames + "/" + counted(expected, "frame") : counted(frames, "frame"));
        if (frames == before) {
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

    /** A number and its noun: {@code 1 frame}, {@code 2 frames}. */
    public static String counted(long number, String noun) {
        return number + " " + noun + (number == 1 ? "" : "s");
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
