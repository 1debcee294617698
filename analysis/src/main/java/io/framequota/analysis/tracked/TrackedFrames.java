package io.framequota.analysis.tracked;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.framequota.analysis.format.ResultFrames;
import io.framequota.analysis.result.ResultFrame;
import io.framequota.analysis.track.TrackerSettings;
import io.framequota.analysis.track.Tracks;
import io.framequota.analysis.zone.Zone;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Frames of a result with tracks and zones, in one reading, so that a running job's result has them, too. A frame is passed on as soon
 * as the numbers of its objects are final: with settings that need two detections of a track, that is when the next frame was
 * read. A stream's frames follow one another, as in the result of a job. Each reading computes all anew. For one thread.
 */
public final class TrackedFrames implements ResultFrames {
    private final ResultFrames frames;
    private final TrackerSettings settings;
    private final List<Zone> zones;
    private TrackFields fields;

    public TrackedFrames(ResultFrames frames, TrackerSettings settings, List<Zone> zones) {
        this.frames = frames;
        this.settings = settings;
        this.zones = zones;
        this.fields = new TrackFields(new Tracks(settings), zones);
    }

    /** The counts of the latest reading. */
    public TrackFields counts() {
        return fields;
    }

    @Override
    public void each(Sink sink, Pause pause) throws IOException, InterruptedException {
        Reading reading = new Reading(sink);
        frames.each(reading, pause);
        reading.finish();
    }

    /** @param frame null for a line about no frame */
    private record Held(@Nullable ResultFrame frame, ObjectNode json) {}

    private final class Reading implements Sink {
        private final Sink sink;
        private final Tracks tracks = new Tracks(settings);
        /** Frames whose numbers are not final, and lines behind them. */
        private final Deque<Held> held = new ArrayDeque<>();

        private @Nullable String stream;

        Reading(Sink sink) {
            this.sink = sink;
            fields = new TrackFields(tracks, zones);
        }

        @Override
        public void frame(ResultFrame frame) throws IOException {
            String next = frame.key().stream();
            if (stream != null && !stream.equals(next)) {
                tracks.end(stream);
            }
            stream = next;
            tracks.add(frame.key(), frame.objects());
            held.add(new Held(frame, frame.json()));
            passOn();
        }

        @Override
        public void other(ObjectNode line) throws IOException {
            held.add(new Held(null, line));
            passOn();
        }

        private void passOn() throws IOException {
            for (Held first = held.peek(); first != null && isFinal(first); first = held.peek()) {
                held.remove();
                ResultFrame frame = first.frame();
                if (frame == null) {
                    sink.other(first.json());
                } else {
                    ResultFrame tracked = ResultFrame.of(fields.write(frame));
                    tracks.forget(frame.key());
                    sink.frame(tracked);
                }
            }
        }

        private boolean isFinal(Held line) {
            ResultFrame frame = line.frame();
            return frame == null || tracks.decided(frame.key());
        }

        void finish() throws IOException {
            tracks.finish();
            passOn();
        }
    }
}
