package io.framequota.lab.report;

import java.util.Locale;

/** A picture under construction. Colours are classes of the page's style sheet, so that it follows light and dark. */
final class SvgBuilder {
    /**
     * Styles of {@code report.css}, the classes f0, c0 and k0 to f23, c23 and k23: twelve colours, and the same for dashed lines and
     * hatched marks. No experiment has more policies; of jobs, the next one is the first again.
     */
    static final int COLOURS = 24;

    private final StringBuilder body = new StringBuilder();
    private final double width;
    private final double height;
    private final String title;

    /** A picture of a size in its own units; the page scales it to the width that there is. */
    SvgBuilder(double width, double height, String title) {
        this.width = width;
        this.height = height;
        this.title = title;
    }

    static String escape(String text) {
        return text.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }

    SvgBuilder line(String style, double x1, double y1, double x2, double y2) {
        body.append(
                format("<line class=\"%s\" x1=\"%.1f\" y1=\"%.1f\" x2=\"%.1f\" y2=\"%.1f\"/>", style, x1, y1, x2, y2));
        return this;
    }

    /** A rectangle with a tooltip. */
    SvgBuilder rectangle(String style, double x, double y, double w, double h, String tip) {
        body.append(format(
                "<rect class=\"%s\" x=\"%.2f\" y=\"%.2f\" width=\"%.2f\" height=\"%.2f\"><title>%s</title></rect>",
                style, x, y, Math.max(0, w), Math.max(0, h), escape(tip)));
        return this;
    }

    SvgBuilder circle(String style, double x, double y, double r, String tip) {
        body.append(format(
                "<circle class=\"%s\" cx=\"%.1f\" cy=\"%.1f\" r=\"%.1f\"><title>%s</title></circle>",
                style, x, y, r, escape(tip)));
        return this;
    }

    SvgBuilder path(String style, String d) {
        body.append(format("<path class=\"%s\" d=\"%s\"/>", style, d));
        return this;
    }

    /** Text with its anchor: start, middle or end. */
    SvgBuilder text(String style, double x, double y, String anchor, String text) {
        body.append(format(
                "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\" text-anchor=\"%s\">%s</text>",
                style, x, y, anchor, escape(text)));
        return this;
    }

    static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }

    @Override
    public String toString() {
        return format(
                "<svg viewBox=\"0 0 %.0f %.0f\" style=\"min-width:%.0fpx\" role=\"img\" aria-label=\"%s\">%s</svg>",
                width, height, Math.min(width, 440), escape(title), body);
    }
}
