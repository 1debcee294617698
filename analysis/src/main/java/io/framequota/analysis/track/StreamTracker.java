package io.framequota.analysis.track;

import io.framequota.analysis.result.Box;
import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.SphereBox;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import java.util.function.ToDoubleBiFunction;

/**
 * Tracks of one stream, frame by frame, by the two-stage association of ByteTrack (Zhang et al., ECCV 2022): confident
 * detections are matched with all tracks first, weak ones then with those tracks that would end otherwise. Only detections of
 * one class continue a track. The outcome depends on the sequence of frames alone. For one thread.
 *
 * <p>Objects of 360° pictures are tracked by their longitudes and latitudes, in tenths of a degree: one that walks over the edge of the
 * picture, or from one face of a cube to the next, keeps its track.
 */
final class StreamTracker {
    /** Least overlap of a confident detection with a track's predicted box. */
    private static final double HIGH_IOU = 0.2;
    /** Least overlap of a weak detection. */
    private static final double LOW_IOU = 0.5;
    /** Least overlap with a track that has one detection only. */
    private static final double NEW_IOU = 0.3;
    /** Cost of a pair that cannot be made. */
    private static final double NEVER = 2;
    /** Of longitudes and latitudes. */
    private static final double UNITS_PER_DEGREE = 10;

    private static final double TURN = 360 * UNITS_PER_DEGREE;

    private final TrackerSettings settings;
    private final LongSupplier numbers;
    private final LongConsumer over;
    private List<Track> tracks = new ArrayList<>();
    private long last = -1;
    private long stride = Long.MAX_VALUE;

    /**
     * @param numbers gives each new track a number of its own
     * @param over is told the number of a track that gets no further detections
     */
    StreamTracker(TrackerSettings settings, LongSupplier numbers, LongConsumer over) {
        this.settings = settings;
        this.numbers = numbers;
        this.over = over;
    }

    /** A track that may go on. */
    private static final class Track {
        final long number;
        final String label;
        final MotionModel motion;
        int detections = 1;
        double missed;

        Track(long number, DetectedObject first) {
            this.number = number;
            this.label = first.label();
            this.motion = new MotionModel(place(first));
        }

        boolean seen() {
            return missed == 0;
        }
    }

    /**
     * Takes the next frame.
     *
     * @param frame source index, larger than the one before
     * @return for each object the number of its track, or -1
     */
    long[] next(long frame, List<DetectedObject> objects) {
        double steps = steps(frame);
        for (Track track : tracks) {
            track.motion.predict(steps, track.seen());
        }
        long[] numbersOf = new long[objects.size()];
        Arrays.fill(numbersOf, -1);
        List<Integer> high = having(objects, settings.highScore(), Double.POSITIVE_INFINITY);
        List<Integer> low = having(objects, settings.lowScore(), settings.highScore());
        List<Track> settled =
                new ArrayList<>(tracks.stream().filter(t -> t.detections > 1).toList());
        List<Track> fresh =
                new ArrayList<>(tracks.stream().filter(t -> t.detections == 1).toList());
        match(settled, high, objects, HIGH_IOU, numbersOf);
        List<Track> active =
                new ArrayList<>(settled.stream().filter(Track::seen).toList());
        match(active, low, objects, LOW_IOU, numbersOf);
        match(fresh, high, objects, NEW_IOU, numbersOf);
        List<Track> kept = new ArrayList<>();
        for (Track track : tracks) {
            boolean found = false;
            for (long number : numbersOf) {
                found |= number == track.number;
            }
            track.missed = found ? 0 : track.missed + steps;
            // One that was seen once is an error of the detector unless the next frame shows it again.
            if (found || track.detections > 1 && track.missed <= settings.maxGap()) {
                kept.add(track);
            } else {
                over.accept(track.number);
            }
        }
        for (int index : high) {
            Track track = new Track(numbers.getAsLong(), objects.get(index));
            numbersOf[index] = track.number;
            kept.add(track);
        }
        tracks = kept;
        return numbersOf;
    }

    /** To be called once after the last frame. */
    void end() {
        tracks.forEach(track -> over.accept(track.number));
        tracks = List.of();
    }

    /** The rectangle by which an object is tracked. */
    private static Box place(DetectedObject object) {
        SphereBox around = object.around();
        return around == null ? object.box() : around.unrolled(UNITS_PER_DEGREE);
    }

    /** The same, for an object of a 360° picture so many turns away that it is nearest to a predicted place. */
    private static Box place(DetectedObject object, Box predicted) {
        Box place = place(object);
        if (object.around() == null) {
            return place;
        }
        double away = (predicted.x1() + predicted.x2() - place.x1() - place.x2()) / 2;
        return place.movedRight(TURN * Math.rint(away / TURN));
    }

    /** Frames since the last one, counted in frames that are inferred. */
    private double steps(long frame) {
        long difference = last < 0 ? 1 : frame - last;
        if (difference <= 0) {
            throw new IllegalArgumentException("frame " + frame + " comes after frame " + last);
        }
        stride = last < 0 ? stride : Math.min(stride, difference);
        last = frame;
        return stride == Long.MAX_VALUE ? 1 : (double) difference / stride;
    }

    private static List<Integer> having(List<DetectedObject> objects, double least, double below) {
        List<Integer> indices = new ArrayList<>();
        for (int i = 0; i < objects.size(); i++) {
            if (objects.get(i).score() >= least && objects.get(i).score() < below) {
                indices.add(i);
            }
        }
        return indices;
    }

    /** Matches what overlaps best; matched detections leave {@code indices}, matched tracks leave {@code candidates}. */
    private static void match(
            List<Track> candidates,
            List<Integer> indices,
            List<DetectedObject> objects,
            double leastIou,
            long[] numbersOf) {
        ToDoubleBiFunction<Track, DetectedObject> cost = (track, object) -> {
            Box predicted = track.motion.box();
            return track.label.equals(object.label()) ? 1 - predicted.iou(place(object, predicted)) : NEVER;
        };
        double[][] costs = candidates.stream()
                .map(t -> indices.stream()
                        .mapToDouble(i -> cost.applyAsDouble(t, objects.get(i)))
                        .toArray())
                .toArray(double[][]::new);
        int[] assigned = Assignment.of(costs, 1 - leastIou);
        List<Track> matchedTracks = new ArrayList<>();
        List<Integer> matchedIndices = new ArrayList<>();
        for (int t = 0; t < assigned.length; t++) {
            if (assigned[t] >= 0) {
                int index = indices.get(assigned[t]);
                Track track = candidates.get(t);
                track.motion.update(place(objects.get(index), track.motion.box()));
                track.detections++;
                numbersOf[index] = track.number;
                matchedTracks.add(track);
                matchedIndices.add(index);
            }
        }
        candidates.removeAll(matchedTracks);
        indices.removeAll(matchedIndices);
    }
}
