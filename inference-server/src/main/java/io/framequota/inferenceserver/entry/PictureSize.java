package io.framequota.inferenceserver.entry;

import io.framequota.inferenceserver.graph.UnusableModelException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Width and height of a model's pictures in pixels. */
record PictureSize(int width, int height) {
    private static final Pattern TEXT = Pattern.compile("([1-9]\\d{0,3})x([1-9]\\d{0,3})");

    /** Parses {@code 640x480}. */
    static PictureSize parse(String text) throws UnusableModelException {
        Matcher matcher = TEXT.matcher(text);
        if (!matcher.matches()) {
            throw new UnusableModelException("--size " + text + ": give WIDTHxHEIGHT in pixels, as in 640x640");
        }
        return new PictureSize(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
    }

    @Override
    public String toString() {
        return width + "x" + height;
    }
}
