package io.framequota.inferenceserver.entry;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Families of models by the format of their outputs: the values of {@code framequota.postprocess} for ONNX files. */
enum OutputFamily {
    YOLOX("letterbox,bgr,0-255"),
    YOLOV5("letterbox,rgb,0-1"),
    YOLOV8("letterbox,rgb,0-1"),
    END_TO_END("letterbox,rgb,0-1"),
    SSD("stretch,rgb,0-1"),
    RT_DETR("stretch,rgb,0-1"),
    CLASSIFIER("stretch,rgb,imagenet"),
    RAW("letterbox,bgr,0-255");

    private final String preprocess;

    OutputFamily(String preprocess) {
        this.preprocess = preprocess;
    }

    /** The value in a configuration. */
    String text() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** How models of the family usually get their picture: a value of {@code framequota.preprocess}. */
    String preprocess() {
        return preprocess;
    }

    static Optional<OutputFamily> named(String text) {
        return Arrays.stream(values()).filter(f -> f.text().equals(text)).findFirst();
    }

    /** All values, for messages. */
    static String all() {
        return Arrays.stream(values()).map(OutputFamily::text).collect(Collectors.joining(", "));
    }
}
