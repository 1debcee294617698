package io.framequota.analysis.format;

import java.io.IOException;
import java.io.OutputStream;
import java.util.function.Supplier;

/** A format that other programs read. Each states frames in its own base. */
public enum ExportFormat {
    /** A header, then a row for each detection and for each frame that failed. Frames count from 0. */
    CSV {
        @Override
        ResultExport export() {
            return new RowExport(new CsvRows());
        }
    },
    /** The same rows as a Parquet file with typed columns. */
    PARQUET {
        @Override
        ResultExport export() {
            return new ParquetExport();
        }
    },
    /** One object in COCO's format of data sets, with scores. Image ids are the frames of the lines, from 0. */
    COCO {
        @Override
        ResultExport export() {
            return new CocoExport();
        }
    },
    /** Lines in KITTI's tracking format, with its values for "unknown" and track -1 for none. Frames count from 0. */
    KITTI {
        @Override
        ResultExport export() {
            return new RowExport(new KittiRows());
        }
    },
    /** Lines in the format of MOTChallenge: frames and pixels count from 1, track -1 for none. */
    MOT {
        @Override
        ResultExport export() {
            return new RowExport(new MotRows());
        }
    },
    /** A zip archive with labels in the layout of Ultralytics. A video's frames count from 1, as FFmpeg numbers pictures. */
    YOLO {
        @Override
        ResultExport export() {
            return new YoloExport();
        }

        @Override
        public long mostFrames() {
            return YoloExport.MOST_FRAMES;
        }
    },
    /** CVAT 1.1: with tracks its format for videos, else that for images. Frames count from 0. */
    CVAT {
        @Override
        ResultExport export() {
            return new CvatExport();
        }
    };

    abstract ResultExport export();

    /** Most frames of a result in this format; one with more is refused. */
    public long mostFrames() {
        return Long.MAX_VALUE;
    }

    /**
     * Writes a result.
     *
     * @param source asked after the first frame is known, because a job has no size before its source is opened
     * @param out not closed
     */
    public void write(ResultFrames frames, Supplier<SourceInfo> source, OutputStream out)
            throws IOException, InterruptedException {
        export().write(frames, source, out);
        out.flush();
    }
}
