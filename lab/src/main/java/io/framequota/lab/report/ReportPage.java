package io.framequota.lab.report;

import io.quarkus.qute.RawString;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * The contents of a report for its template, {@code report.html}. All texts are plain; the template escapes them.
 *
 * @param summary where and how often the experiment ran
 * @param facts about the experiment and the machine, in order
 */
record ReportPage(
        String name,
        String description,
        String summary,
        List<String> notices,
        List<Section> sections,
        Map<String, String> facts) {
    /**
     * A part with a headline. Empty texts and lists are left out.
     *
     * @param intro above the legend
     * @param note below the legend
     */
    record Section(
            String title, String intro, List<Key> legend, String note, List<Table> tables, List<Figure> figures) {
        static Section ofTables(String title, String intro, List<Table> tables) {
            return new Section(title, intro, List.of(), "", tables, List.of());
        }

        static Section ofFigures(String title, String intro, List<Key> legend, List<Figure> figures) {
            return new Section(title, intro, legend, "", List.of(), figures);
        }
    }

    /** An entry of a legend; the style is a class of {@code report.css}. */
    record Key(String style, String text) {}

    record Table(String title, List<String> head, List<List<Cell>> rows) {}

    /** A cell; the style is a class of {@code report.css}, or empty. */
    record Cell(String text, String style) {
        static List<Cell> plain(Stream<String> texts) {
            return texts.map(t -> new Cell(t, "")).toList();
        }
    }

    record Figure(String title, RawString svg) {
        static Figure of(String title, SvgBuilder svg) {
            return new Figure(title, new RawString(svg.toString()));
        }
    }
}
