package io.framequota.ingest.results;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** The formats in which a result is served. */
public enum ResultFormat {
    /** The members as they are stored: gzipped JSON lines. */
    GZIP("application/gzip", "jsonl.gz"),
    /** Uncompressed JSON lines. */
    JSONL("application/x-ndjson", "jsonl"),
    /** A header line, then one row per detection. */
    CSV("text/csv", "csv"),
    /** One JSON object in the format of COCO data sets, with a score for each annotation. */
    COCO("application/vnd.framequota.coco+json", "coco.json"),
    /** Lines in KITTI's tracking format, with track -1 and unknown 3D values. */
    KITTI("text/plain", "txt");

    private final String mediaType;
    private final String suffix;

    ResultFormat(String mediaType, String suffix) {
        this.mediaType = mediaType;
        this.suffix = suffix;
    }

    public String mediaType() {
        return mediaType;
    }

    /** Suffix of a file in this format, without the first dot. */
    public String suffix() {
        return suffix;
    }

    /** The format of a name: {@code gzip, jsonl, csv, coco} or {@code kitti}. */
    public static Optional<ResultFormat> named(String name) {
        return Arrays.stream(values())
                .filter(f -> f.name().equals(name.toUpperCase(Locale.ROOT)))
                .findFirst();
    }

    /** The format of a media type without parameters. */
    public static Optional<ResultFormat> ofMediaType(String type) {
        return Arrays.stream(values())
                .filter(f -> f.mediaType.equalsIgnoreCase(type))
                .findFirst();
    }
}
