package io.framequota.analysis.track;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Tracks of a result. Frames are added in the result's order. A detection's number is final as soon as it is known of its track, and
 * of all that began before, whether they are long enough; after the last frame all are. Numbers count from 1 in order of each track's
 * first frame, over all streams, so that a result has the same ones however its chunks were inferred and however it is read. For one
 * thread.
 */
public final class Tracks {
    private final TrackerSettings settings;
    private final Map<String, StreamTracker> streams = new HashMap<>();
    private final Map<FrameKey, long[]> assigned = new HashMap<>();
    /** Detections of each track; tracks are created, and numbered by the trackers, in the order of their first frames. */
    private final List<Integer> lengths = new ArrayList<>();
    /** Tracks that get no further detections. */
    private final BitSet over = new BitSet();
    /** Numbers of the tracks that are decided, 0 for one that is too short: those before the first undecided one. */
    private final List<Integer> numbers = new ArrayList<>();

    private int count;

    public Tracks(TrackerSettings settings) {
        this.settings = settings;
    }

    /**
     * Adds the next frame of its stream.
     *
     * @throws IllegalArgumentException if it is not after the one before in its stream
     */
    public void add(FrameKey key, List<DetectedObject> objects) {
        long[] tracks = streams.computeIfAbsent(
                        key.stream(), s -> new StreamTracker(settings, this::begin, t -> over.set((int) t)))
                .next(key.frame(), objects);
        Arrays.stream(tracks).filter(t -> t >= 0).forEach(t -> lengths.set((int) t, lengths.get((int) t) + 1));
        assigned.put(key, tracks);
        decide();
    }

    private long begin() {
        lengths.add(0);
        return lengths.size() - 1L;
    }

    private void decide() {
        for (int next = numbers.size(); next < lengths.size(); next++) {
            boolean longEnough = lengths.get(next) >= settings.minLength();
            if (!longEnough && !over.get(next)) {
                return;
            }
            numbers.add(longEnough ? ++count : 0);
        }
    }

    /** Says that a stream has no further frames. */
    public void end(String stream) {
        StreamTracker tracker = streams.get(stream);
        if (tracker != null) {
            tracker.end();
            decide();
        }
    }

    /** To be called once after the last frame. */
    public void finish() {
        streams.values().forEach(StreamTracker::end);
        decide();
    }

    /** Whether the numbers of a frame's objects are final. */
    public boolean decided(FrameKey key) {
        return Arrays.stream(assigned.getOrDefault(key, new long[0])).allMatch(t -> t < numbers.size());
    }

    /** Number of the track of a frame's object, 0 if it has none, or none that is final. */
    public long number(FrameKey key, int object) {
        long[] tracks = assigned.getOrDefault(key, new long[0]);
        return object < tracks.length && tracks[object] >= 0 && tracks[object] < numbers.size()
                ? numbers.get((int) tracks[object])
                : 0;
    }

    /** Frees the memory of a frame whose numbers are no longer needed. */
    public void forget(FrameKey key) {
        assigned.remove(key);
    }

    /** How many tracks have a number. */
    public int count() {
        return count;
    }
}
