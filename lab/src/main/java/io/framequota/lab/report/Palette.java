package io.framequota.lab.report;

/** Colours that stay apart for most colour-blind readers, on light and on dark (after Okabe and Ito). */
final class Palette {
    /** How many there are; the next one is the first again. */
    static final int SIZE = 8;

    private static final String[] LIGHT = {
        "#0072b2", "#d55e00", "#009e73", "#b0629a", "#b07d00", "#222222", "#7a7a7a", "#8a5a2b"
    };
    private static final String[] DARK = {
        "#5aa9e6", "#f08c4a", "#3cc99b", "#d99bc4", "#e6b83d", "#f5f5f5", "#b5b5b5", "#c79a6b"
    };

    /** Custom properties {@code --c0} and on. */
    static String properties(boolean dark) {
        StringBuilder css = new StringBuilder();
        String[] colours = dark ? DARK : LIGHT;
        for (int i = 0; i < SIZE; i++) {
            css.append("--c").append(i).append(':').append(colours[i]).append(';');
        }
        return css.toString();
    }

    /** Classes that use them. */
    static String classes() {
        StringBuilder css = new StringBuilder();
        for (int i = 0; i < SIZE; i++) {
            css.append(SvgBuilder.format(
                    ".f%d{fill:var(--c%d)}.c%d{stroke:var(--c%d)}i.k%d{background:var(--c%d)}%n", i, i, i, i, i, i));
        }
        return css.toString();
    }

    private Palette() {}
}
