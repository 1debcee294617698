package io.framequota.contract.frame;

import io.framequota.contract.topic.Topics;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a frame record, as CloudEvents 1.0 in Kafka's binary mode: each attribute is a header {@code ce_NAME}. The
 * system's own attributes are extension attributes.
 *
 * <p>The record's value is the picture in the given encoding. The point {@code (x, y)} of the value shows the point {@code ((x
 * - offsetX) / scaleX, (y - offsetY) / scaleY)} of the source picture <em>as displayed</em>.
 *
 * @param job id of the frame's job
 * @param chunk index of its chunk within the job
 * @param index source index of the frame, from 0
 * @param ptsMs presentation time of the source in milliseconds, not rebased
 * @param width of the value in pixels
 * @param height of the value in pixels
 * @param channels 3, or 1 for grey
 * @param encoding of the value
 * @param sourceWidth of the picture as displayed
 * @param sourceHeight of the picture as displayed
 * @param scaleX value pixels per source pixel
 * @param scaleY value pixels per source pixel
 * @param offsetX of the source's left edge in the value
 * @param offsetY of the source's top edge in the value
 * @param stream camera or cube face, null for a plain video
 * @param error why there is no picture (the value is empty then), null for a good frame
 * @param damaged whether parts of the picture are missing or invented, because the source is damaged
 * @param resized whether the source's size differs from that of its first frame
 * @param projection of the picture
 * @param file name of the picture in its folder or archive, null for a video
 */
public record FrameMeta(
        String job,
        int chunk,
        long index,
        double ptsMs,
        int width,
        int height,
        int channels,
        Encoding encoding,
        int sourceWidth,
        int sourceHeight,
        double scaleX,
        double scaleY,
        double offsetX,
        double offsetY,
        @Nullable String stream,
        @Nullable String error,
        boolean damaged,
        boolean resized,
        Projection projection,
        @Nullable String file) {

    /** An undamaged, flat frame of the same size as the first one. */
    public FrameMeta(
            String job,
            int chunk,
            long index,
            double ptsMs,
            int width,
            int height,
            int channels,
            Encoding encoding,
            int sourceWidth,
            int sourceHeight,
            double scaleX,
            double scaleY,
            double offsetX,
            double offsetY,
            @Nullable String stream,
            @Nullable String error) {
        this(
                job,
                chunk,
                index,
                ptsMs,
                width,
                height,
                channels,
                encoding,
                sourceWidth,
                sourceHeight,
                scaleX,
                scaleY,
                offsetX,
                offsetY,
                stream,
                error,
                false,
                false,
                Projection.FLAT,
                null);
    }

    /** The CloudEvents type of a frame record. */
    public static final String TYPE = "io.framequota.frame.v1";

    /** The largest picture in bytes of pixels, even when its value is smaller. A colour picture of 3840 x 2160 fits. */
    public static final int MAX_PIXEL_BYTES = 24 * 1024 * 1024;

    /** Most bytes of a record's value: what headers and batch leave of a record. */
    public static final int MAX_VALUE_BYTES = Topics.MAX_RECORD_BYTES - 64 * 1024;

    private static final String PICTURE = "ce_picture";
    private static final String CONTENT_TYPE = "content-type";

    /** The encoding of a value: CloudEvents' datacontenttype, which has its own header in Kafka's binary mode. */
    public enum Encoding {
        /** {@code height * width * channels} bytes, row by row without padding. */
        RAW("application/octet-stream"),
        /** A JPEG picture of that size, with colours that every JPEG reader expects. */
        JPEG("image/jpeg");

        private final String mediaType;

        Encoding(String mediaType) {
            this.mediaType = mediaType;
        }

        private static Encoding of(String mediaType) {
            for (Encoding encoding : values()) {
                if (encoding.mediaType.equals(mediaType)) {
                    return encoding;
                }
            }
            throw new IllegalArgumentException("a frame is " + mediaType + ", not one of " + List.of(values()));
        }
    }

    /** The headers of this frame's record by name, in a stable order. */
    public Map<String, byte[]> toHeaders() {
        Map<String, String> h = new LinkedHashMap<>();
        h.put("ce_specversion", "1.0");
        h.put("ce_type", TYPE);
        h.put("ce_source", "/jobs/" + job);
        h.put("ce_id", job + "/" + index + (stream == null ? "" : "/" + stream));
        h.put(CONTENT_TYPE, encoding.mediaType);
        h.put("ce_chunk", Integer.toString(chunk));
        h.put("ce_ptsms", Double.toString(ptsMs));
        // All numbers in one header: ten headers per frame would cost more than parsing one.
        h.put(
                PICTURE,
                width + "," + height + "," + channels + "," + sourceWidth + "," + sourceHeight + "," + scaleX + ","
                        + scaleY + "," + offsetX + "," + offsetY);
        if (stream != null) {
            h.put("ce_stream", stream);
        }
        if (error != null) {
            h.put("ce_error", error);
        }
        if (damaged) {
            h.put("ce_damaged", "true");
        }
        if (resized) {
            h.put("ce_resized", "true");
        }
        if (projection != Projection.FLAT) {
            h.put("ce_projection", projection.label());
        }
        if (file != null) {
            h.put("ce_file", file);
        }
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        h.forEach((k, v) -> bytes.put(k, v.getBytes(StandardCharsets.UTF_8)));
        return bytes;
    }

    /**
     * Parses the headers of a frame record.
     *
     * @param header returns the value of a header by name, null when the record does not have it
     * @throws IllegalArgumentException when a header is missing or malformed; the message names it
     */
    public static FrameMeta fromHeaders(Function<String, byte @Nullable []> header) {
        if (!TYPE.equals(text(header, "ce_type"))) {
            throw new IllegalArgumentException("not a frame record: ce_type is " + text(header, "ce_type"));
        }
        String source = required(header, "ce_source");
        String job = source.substring(source.lastIndexOf('/') + 1);
        String[] id = required(header, "ce_id").split("/");
        String[] p = required(header, PICTURE).split(",");
        if (id.length < 2 || p.length != 9) {
            throw new IllegalArgumentException("malformed ce_id or " + PICTURE + " in a frame of " + source);
        }
        return new FrameMeta(
                job,
                Integer.parseInt(required(header, "ce_chunk")),
                Long.parseLong(id[1]),
                Double.parseDouble(required(header, "ce_ptsms")),
                Integer.parseInt(p[0]),
                Integer.parseInt(p[1]),
                Integer.parseInt(p[2]),
                Encoding.of(required(header, CONTENT_TYPE)),
                Integer.parseInt(p[3]),
                Integer.parseInt(p[4]),
                Double.parseDouble(p[5]),
                Double.parseDouble(p[6]),
                Double.parseDouble(p[7]),
                Double.parseDouble(p[8]),
                text(header, "ce_stream"),
                text(header, "ce_error"),
                "true".equals(text(header, "ce_damaged")),
                "true".equals(text(header, "ce_resized")),
                projection(text(header, "ce_projection")),
                text(header, "ce_file"));
    }

    private static Projection projection(@Nullable String label) {
        return label == null
                ? Projection.FLAT
                : Projection.named(label)
                        .orElseThrow(() -> new IllegalArgumentException("a frame's ce_projection is " + label));
    }

    private static String required(Function<String, byte @Nullable []> header, String name) {
        String value = text(header, name);
        if (value == null) {
            throw new IllegalArgumentException("a frame record lacks the header " + name);
        }
        return value;
    }

    private static @Nullable String text(Function<String, byte @Nullable []> header, String name) {
        byte[] value = header.apply(name);
        return value == null ? null : new String(value, StandardCharsets.UTF_8);
    }
}
