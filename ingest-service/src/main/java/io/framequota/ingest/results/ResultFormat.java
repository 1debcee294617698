package io.framequota.ingest.results;

import io.framequota.analysis.format.ExportFormat;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The formats in which a result is served. */
public enum ResultFormat {
    /** The members as they are stored: gzipped JSON lines. */
    GZIP("application/gzip", "jsonl.gz", null),
    /** Uncompressed JSON lines. */
    JSONL("application/x-ndjson", "jsonl", null),
    /** A header line, then one row per detection. */
    CSV("text/csv", "csv", ExportFormat.CSV),
    /** One JSON object in the format of COCO data sets, with a score for each annotation. */
    COCO("application/vnd.framequota.coco+json", "coco.json", ExportFormat.COCO),
    /** Lines in KITTI's tracking format, with track -1 for none and unknown 3D values. */
    KITTI("text/plain", "txt", ExportFormat.KITTI),
    /** Lines of MOTChallenge, with track -1 for none. */
    MOT("application/vnd.framequota.mot", "mot.txt", ExportFormat.MOT),
    /** A zip archive with a text file for each frame, in the layout of Ultralytics. */
    YOLO("application/vnd.framequota.yolo+zip", "yolo.zip", ExportFormat.YOLO),
    /** CVAT 1.1, for videos if there are tracks, else for images. */
    CVAT("application/vnd.framequota.cvat+xml", "cvat.xml", ExportFormat.CVAT),
    /** The rows of CSV as a Parquet file. */
    PARQUET("application/vnd.apache.parquet", "parquet", ExportFormat.PARQUET);

    /** The names for clients. */
    public static final String NAMES = "gzip, jsonl, csv, coco, kitti, mot, yolo, cvat, parquet";

    private final String mediaType;
    private final String suffix;
    private final @Nullable ExportFormat export;

    ResultFormat(String mediaType, String suffix, @Nullable ExportFormat export) {
        this.mediaType = mediaType;
        this.suffix = suffix;
        this.export = export;
    }

    /** What writes the format, null for the lines themselves. */
    @Nullable
    ExportFormat export() {
        return export;
    }

    public String mediaType() {
        return mediaType;
    }

    /** Suffix of a file in this format, without the first dot. */
    public String suffix() {
        return suffix;
    }

    /** The format of a name: {@value #NAMES}. */
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
