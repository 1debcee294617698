package io.framequota.ingest.results;

import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A text format that is written frame by frame. */
enum LineFormat {
    /** One row per detection; a frame that failed has a row with its error. */
    CSV("frame,pts_ms,stream,class,class_id,score,x1,y1,x2,y2,error\n") {
        @Override
        void append(StringBuilder out, ResultLine line) {
            String frame = line.frame() + "," + number(line.ptsMs(), 3) + "," + quoted(line.stream()) + ",";
            if (line.error() != null) {
                out.append(frame).append(",,,,,,,").append(quoted(line.error())).append('\n');
            }
            for (Detection d : line.detections()) {
                out.append(frame)
                        .append(quoted(d.label()))
                        .append(',')
                        .append(d.classId())
                        .append(',')
                        .append(number(d.score(), 4))
                        .append(',')
                        .append(box(d, ","))
                        .append(",\n");
            }
        }
    },

    /**
     * {@code frame track type truncated occluded alpha left top right bottom height width length x y z rotation score}, with KITTI's
     * values for "unknown".
     */
    KITTI("") {
        @Override
        void append(StringBuilder out, ResultLine line) {
            for (Detection d : line.detections()) {
                out.append(line.frame())
                        .append(" -1 ")
                        .append(d.label().replace(' ', '_'))
                        .append(" -1 -1 -10 ")
                        .append(box(d, " "))
                        .append(" -1 -1 -1 -1000 -1000 -1000 -10 ")
                        .append(number(d.score(), 4))
                        .append('\n');
            }
        }
    };

    private final String header;

    LineFormat(String header) {
        this.header = header;
    }

    /** The first line, or nothing. */
    String header() {
        return header;
    }

    /** Appends the lines of one frame. */
    abstract void append(StringBuilder out, ResultLine line);

    private static String box(Detection d, String between) {
        return number(d.x1(), 2)
                + between
                + number(d.y1(), 2)
                + between
                + number(d.x2(), 2)
                + between
                + number(d.y2(), 2);
    }

    static String number(double value, int digits) {
        return String.format(Locale.ROOT, "%." + digits + "f", value);
    }

    private static String quoted(@Nullable String text) {
        if (text == null) {
            return "";
        }
        boolean plain = text.chars().noneMatch(c -> c == ',' || c == '"' || c == '\n' || c == '\r');
        return plain ? text : '"' + text.replace("\"", "\"\"") + '"';
    }
}
