package io.framequota.common.text;

import java.util.regex.Pattern;

/** Makes a message for people out of text that may quote anything: one line, and no book. */
public final class OneLine {
    private static final int MOST_CHARACTERS = 2_000;
    private static final Pattern BREAKS = Pattern.compile("\\R|\\p{Cntrl}");

    private OneLine() {}

    /** The text with spaces in place of line breaks and control characters, cut after 2,000 characters. */
    public static String of(String text) {
        String cut = text.length() > MOST_CHARACTERS ? text.substring(0, MOST_CHARACTERS) + "..." : text;
        return BREAKS.matcher(cut).replaceAll(" ");
    }
}
