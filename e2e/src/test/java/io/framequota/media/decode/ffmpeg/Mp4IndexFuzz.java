package io.framequota.media.decode.ffmpeg;

import io.framequota.e2e.fuzz.FuzzTarget;
import io.framequota.media.decode.SourceException;
import io.framequota.media.decode.SourceLimits;
import io.framequota.media.testing.Boxes;
import java.io.IOException;
import java.util.List;

/** The index of an MP4 file, whose size is estimated before FFmpeg reads it. */
public final class Mp4IndexFuzz implements FuzzTarget {
    @Override
    public String name() {
        return "MP4 index";
    }

    @Override
    public List<byte[]> corpus() {
        byte[] times = Boxes.full("stts", 0, Boxes.ints(1, 100, 512));
        byte[] chunks = Boxes.full("stsc", 0, Boxes.ints(1, 1, 10, 1));
        byte[] edits = Boxes.full("elst", 0, Boxes.ints(1, 100, 0, 1 << 16));
        return List.of(
                Boxes.indexed(2, 100, times, chunks, Boxes.box("edts", edits)),
                Boxes.all(
                        Boxes.box("ftyp", Boxes.ascii("isom")),
                        Boxes.box("moof", Boxes.box("traf", Boxes.full("trun", 0, Boxes.ints(100)))),
                        Boxes.full("sidx", 0, new byte[16], Boxes.shorts(0, 3), new byte[36])));
    }

    @Override
    public void parse(byte[] input) throws IOException, SourceException {
        Mp4IndexSize.bytes(file(input, "index.mp4"), SourceLimits.DEFAULT);
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof SourceException || error instanceof IOException;
    }
}
