package io.framequota.ingest.results;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The forms in which a result can be had. */
public enum ResultFormat {
    /** The members as they are stored: gzip of JSON lines. */
    GZIP("application/gzip", "jsonl.gz"),
    /** JSON lines, not compressed. */
    JSONL("application/x-ndjson", "jsonl"),
    /** A header, then one row per detection. */
    CSV("text/csv", "csv"),
    /** One object as the COCO data sets have it, with a score for each annotation. */
    COCO("application/vnd.framequota.coco+json", "coco.json"),
    /** KITTI's tracking lines, with track -1 and unknown 3D values. */
    KITTI("text/plain", "txt");

    private final String mediaType;
    private final String suffix;

    ResultFormat(String mediaType, String suffix) {
        this.mediaType = mediaType;
        this.suffix = suffix;
    }

    /** Its media type. */
    public String mediaType() {
        return mediaType;
    }

    /** What a file of it ends with, without the first dot. */
    public String suffix() {
        return suffix;
    }

    /** By the name a client gives: {@code gzip, jsonl, csv, coco, kitti}. */
    public static Optional<ResultFormat> named(String name) {
        return Arrays.stream(values())
                .filter(f -> f.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** By media type, without parameters. */
    public static Optional<ResultFormat> ofMediaType(String type) {
        return Arrays.stream(values())
                .filter(f -> f.mediaType.equalsIgnoreCase(type))
                .findFirst();
    }
}
