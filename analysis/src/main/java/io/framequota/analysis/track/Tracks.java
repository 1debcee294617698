package io.framequota.analysis.track;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tracks of a whole result. Frames are added in the result's order; then each detection of a track that is long enough has its
 * number. Numbers count from 1 in order of each track's first frame, over all streams, so that a result has the same ones
 * however its chunks were inferred. For one thread.
 */
public final class Tracks {
    private final TrackerSettings settings;
    private final Map<String, StreamTracker> streams = new HashMap<>();
    private final Map<FrameKey, long[]> assigned = new HashMap<>();
    /** Detections of each track; tracks are created, and numbered by the trackers, in the order of their first frames. */
    private final List<Integer> lengths = new ArrayList<>();

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
        long[] tracks = streams.computeIfAbsent(key.stream(), s -> new StreamTracker(settings, this::begin))
                .next(key.frame(), objects);
        Arrays.stream(tracks).filter(t -> t >= 0).forEach(t -> lengths.set((int) t, lengths.get((int) t) + 1));
        assigned.put(key, tracks);
    }

    private long begin() {
        lengths.add(0);
        return lengths.size() - 1L;
    }

    /** To be called once after the last frame: numbers the tracks. */
    public void finish() {
        Map<Long, Long> result = new HashMap<>();
        for (int track = 0; track < lengths.size(); track++) {
            if (lengths.get(track) >= settings.minLength()) {
                result.put((long) track, result.size() + 1L);
            }
        }
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
