package io.framequota.analysis.track;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Tracks of a whole result. Frames are added in the result's order; then each detection of a track that is long enough has its
 * number. Numbers count from 1 in order of each track's first frame, over all streams, so that a result has the same ones
 * however its chunks were inferred. For one thread.
 */
public final class Tracks {
    private final TrackerSettings settings;
    private final Map<String, StreamTracker> streams = new LinkedHashMap<>();
    private final Map<FrameKey, long[]> assigned = new HashMap<>();
    private final Map<Long, Integer> lengths = new LinkedHashMap<>();
    private final List<String> names = new ArrayList<>();
    private Map<Long, Long> numbers = Map.of();

    public Tracks(TrackerSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds the next frame of its stream.
     *
     * @throws IllegalArgumentException if it is not after the one before in its stream
     */
    public void add(FrameKey key, List<DetectedObject> objects) {
        StreamTracker tracker = streams.get(key.stream());
        if (tracker == null) {
            tracker = new StreamTracker(settings);
            streams.put(key.stream(), tracker);
            names.add(key.stream());
        }
        int[] local = tracker.next(key.frame(), objects);
        long[] global = new long[local.length];
        long stream = names.indexOf(key.stream());
        for (int i = 0; i < local.length; i++) {
            global[i] = local[i] < 0 ? -1 : stream << 32 | local[i];
            if (local[i] >= 0) {
                lengths.merge(global[i], 1, Integer::sum);
            }
        }
        assigned.put(key, global);
    }

    /** To be called once after the last frame: numbers the tracks. */
    public void finish() {
        Map<Long, Long> result = new HashMap<>();
        lengths.forEach((track, length) -> {
            if (length >= settings.minLength()) {
                result.put(track, result.size() + 1L);
            }
        });
        numbers = result;
    }

    /** Number of the track of a frame's object, 0 if it has none. */
    public long number(FrameKey key, int object) {
        long[] tracks = assigned.getOrDefault(key, new long[0]);
        return object < tracks.length ? numbers.getOrDefault(tracks[object], 0L) : 0;
    }

    /** How many tracks have a number. */
    public int count() {
        return numbers.size();
    }
}
