package io.framequota.ingest.results;

import io.framequota.analysis.result.FrameKey;
import io.framequota.analysis.track.Tracks;
import io.framequota.contract.result.Detection;
import io.framequota.contract.result.ResultLine;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Lines whose detections are shown as tracks. For drawing only. */
final class TrackedLines {
    private TrackedLines() {}

    /**
     * Gives each detection of a track the track's number, in its label and in place of its class, which has a colour.
     *
     * @param tracks of the same result
     */
    static Iterator<ResultLine> of(Tracks tracks, Iterator<ResultLine> lines) {
        return new Iterator<>() {
            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            public ResultLine next() {
                return tracked(tracks, lines.next());
            }
        };
    }

    private static ResultLine tracked(Tracks tracks, ResultLine line) {
        FrameKey key = new FrameKey(line.stream() == null ? "" : line.stream(), line.frame());
        List<Detection> shown = new ArrayList<>();
        for (int i = 0; i < line.detections().size(); i++) {
            Detection d = line.detections().get(i);
            long number = tracks.number(key, i);
            shown.add(
                    number == 0
                            ? d
                            : new Detection(
                                    d.label() + " #" + number,
                                    (int) number,
                                    d.score(),
                                    d.x1(),
                                    d.y1(),
                                    d.x2(),
                                    d.y2(),
                                    d.around()));
        }
        return new ResultLine(
                line.frame(),
                line.ptsMs(),
                shown,
                line.stream(),
                line.error(),
                line.damaged(),
                line.width(),
                line.height(),
                line.file());
    }
}
