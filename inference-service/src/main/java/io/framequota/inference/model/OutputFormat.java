package io.framequota.inference.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How a model's outputs become detections: the parameter {@code framequota.postprocess}. */
public enum OutputFormat {
    YOLOX,
    YOLOV8,
    SSD,
    HOG,
    CASCADE,
    RAW;

    /** The name used in configurations, in lower case. */
    public String text() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads the parameter.
     *
     * @throws IllegalArgumentException when no such decoding exists
     */
    public static OutputFormat parse(String text) {
        Optional<OutputFormat> found = Arrays.stream(values())
                .filter(d -> d.text().equals(text.strip()))
                .findFirst();
        return found.orElseThrow(() -> new IllegalArgumentException(
                "framequota.postprocess is '" + text + "', not yolox, yolov8, ssd, hog, cascade or raw"));
    }
}
