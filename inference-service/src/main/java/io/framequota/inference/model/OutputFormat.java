package io.framequota.inference.model;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** The format of a model's outputs: the parameter {@code framequota.postprocess}. */
public enum OutputFormat {
    YOLOX,
    YOLOV5,
    YOLOV8,
    END_TO_END,
    SSD,
    RT_DETR,
    CLASSIFIER,
    HOG,
    CASCADE,
    RAW;

    /** The lower-case name used in configurations. */
    public String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** Whether the model itself leaves one box of each object, so that no overlapping ones are suppressed by default. */
    boolean suppressed() {
        return this == END_TO_END || this == RT_DETR;
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
        return found.orElseThrow(() -> new IllegalArgumentException("framequota.postprocess is '" + text + "', not "
                + Arrays.stream(values())
                        .limit(values().length - 1L)
                        .map(OutputFormat::text)
                        .collect(Collectors.joining(", "))
                + " or " + RAW.text()));
    }
}
