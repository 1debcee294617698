package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.DetectedObject;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** A part of the objects of a truth, for which accuracy is computed apart. Detections are matched with all objects before. */
public sealed interface EvaluationSlice {
    /** Metres at which the parts by distance end; the last has no end. */
    List<Double> DISTANCES = List.of(10.0, 20.0, 40.0);

    /** What the parts differ in, for people and in JSON: {@code distance_m} or {@code occlusion}. */
    String kind();

    /** Which part, for people and in JSON. */
    String name();

    /** Whether an object belongs to the part. */
    boolean has(TruthObject object);

    /** Whether a detection that matches no object counts as wrong here. */
    boolean counts(DetectedObject detection);

    /** Objects from one distance to less than another. A wrong detection counts by its own distance. */
    record Distance(double from, double to) implements EvaluationSlice {
        @Override
        public String kind() {
            return "distance_m";
        }

        @Override
        public String name() {
            return (long) from + (to == Double.POSITIVE_INFINITY ? "+" : "-" + (long) to);
        }

        @Override
        public boolean has(TruthObject object) {
            return object.distance().isPresent() && has(object.distance().getAsDouble());
        }

        @Override
        public boolean counts(DetectedObject detection) {
            return detection.distance().isPresent() && has(detection.distance().getAsDouble());
        }

        private boolean has(double distance) {
            return distance >= from && distance < to;
        }
    }

    /** Objects of which others hide as much. A wrong detection counts in each part, because nothing is known about it. */
    record Occluded(TruthObject.Occlusion occlusion) implements EvaluationSlice {
        @Override
        public String kind() {
            return "occlusion";
        }

        @Override
        public String name() {
            return occlusion.name().toLowerCase(Locale.ROOT);
        }

        @Override
        public boolean has(TruthObject object) {
            return object.occlusion() == occlusion;
        }

        @Override
        public boolean counts(DetectedObject detection) {
            return true;
        }
    }

    /** The parts that have an object. */
    static List<EvaluationSlice> of(Collection<TruthObject> objects) {
        List<EvaluationSlice> slices = new ArrayList<>();
        double from = 0;
        for (double to : DISTANCES) {
            slices.add(new Distance(from, to));
            from = to;
        }
        slices.add(new Distance(from, Double.POSITIVE_INFINITY));
        for (TruthObject.Occlusion occlusion : TruthObject.Occlusion.values()) {
            if (occlusion != TruthObject.Occlusion.UNKNOWN) {
                slices.add(new Occluded(occlusion));
            }
        }
        slices.removeIf(slice -> objects.stream().noneMatch(slice::has));
        return List.copyOf(slices);
    }
}
