package io.framequota.contract.result;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a result: a frame with its detections. The format is stable; {@code golden/result.jsonl} guards it.
 *
 * @param frame source index
 * @param ptsMs presentation time in milliseconds, not rebased
 * @param detections empty when there are none or the frame failed
 * @param stream camera or cube face, null for a plain video
 * @param error why the frame failed, null when it did not
 * @param damaged whether parts of the picture are missing or invented, because the source is damaged
 * @param width of the frame as displayed in a 360° source, or when it differs from that of the source's first frame; else 0
 * @param height of the frame as displayed in a 360° source, or when it differs from that of the source's first frame; else 0
 * @param file name of the picture in its folder or archive, null for a video
 */
public record ResultLine(
        long frame,
        double ptsMs,
        List<Detection> detections,
        @Nullable String stream,
        @Nullable String error,
        boolean damaged,
        int width,
        int height,
        @Nullable String file) {

    /** An undamaged frame of the same size as the first one. */
    public ResultLine(
            long frame, double ptsMs, List<Detection> detections, @Nullable String stream, @Nullable String error) {
        this(frame, ptsMs, detections, stream, error, false, 0, 0, null);
    }

    /** Appends this line as JSON, with a line feed. */
    public void appendTo(StringBuilder out) {
        out.append("{\"frame\":").append(frame).append(",\"pts_ms\":");
        decimal(out, ptsMs, 1000);
        if (file != null) {
            out.append(",\"file\":");
            quote(out, file);
        }
        if (stream != null) {
            out.append(",\"stream\":");
            quote(out, stream);
        }
        if (error != null) {
            out.append(",\"error\":");
            quote(out, error);
        }
        if (damaged) {
            out.append(",\"damaged\":true");
        }
        if (width > 0 && height > 0) {
            out.append(",\"width\":").append(width).append(",\"height\":").append(height);
        }
        out.append(",\"detections\":[");
        for (int i = 0; i < detections.size(); i++) {
            Detection d = detections.get(i);
            out.append(i == 0 ? "{\"class\":" : ",{\"class\":");
            quote(out, d.label());
            out.append(",\"class_id\":").append(d.classId()).append(",\"score\":");
            decimal(out, d.score(), 10_000);
            out.append(",\"box\":[");
            decimal(out, d.x1(), 100);
            out.append(',');
            decimal(out, d.y1(), 100);
            out.append(',');
            decimal(out, d.x2(), 100);
            out.append(',');
            decimal(out, d.y2(), 100);
            out.append(']');
            AngularBox around = d.around();
            if (around != null) {
                append(out, around);
            }
            out.append('}');
        }
        out.append("]}\n");
    }

    private static void append(StringBuilder out, AngularBox around) {
        out.append(",\"yaw\":");
        decimal(out, around.yaw(), 100);
        out.append(",\"pitch\":");
        decimal(out, around.pitch(), 100);
        out.append(",\"width_deg\":");
        decimal(out, around.width(), 100);
        out.append(",\"height_deg\":");
        decimal(out, around.height(), 100);
    }

    /**
     * Appends a number rounded to {@code 1 / unit}, with a decimal point and without trailing zeros after the first decimal.
     */
    static void decimal(StringBuilder out, double value, int unit) {
        long scaled = Math.round(value * unit);
        if (scaled < 0) {
            out.append('-');
            scaled = -scaled;
        }
        out.append(scaled / unit).append('.');
        long rest = scaled % unit;
        int digit = unit / 10;
        do {
            out.append((char) ('0' + rest / digit));
            rest %= digit;
            digit /= 10;
        } while (rest > 0);
    }

    static void quote(StringBuilder out, String text) {
        out.append('"');
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '"' || c == '\\') {
                out.append('\\').append(c);
            } else if (c < 0x20) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        out.append('"');
    }
}
