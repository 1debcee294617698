package io.framequota.inference.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The format of a model's outputs: the parameter {@code framequota.postprocess}. */
public enum OutputFormat {
    YOLOX,
    YOLOV8,
    SSD,
    HOG,
    CASCADE,
    RAW;

    /** The lower-case name used in configurations. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Parses the parameter.
     *
     * @throws IllegalArgumentException when there is no such format
     */
    public static OutputFormat parse(String text) {
        Optional<OutputFormat> found = Arrays.stream(values())
                .filter(d -> d.text().equals(text.strip()))
                .findFirst();
        return found.orElseThrow(() -> new IllegalArgumentException(
                "framequota.postprocess is '" + text + "', not yolox, yolov8, ssd, hog, cascade or raw"));
    }
}
