package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Accuracy of a result over the frames that both the result and the truth have.
 *
 * <p>Within a frame and class, detections are matched in order of falling score, each with the free object that it overlaps
 * most, if by at least the least IoU. A detection that matches only an ignored object counts as nothing. Average precision is
 * COCO's: precision at 101 recalls from 0 to 1, each the best at that recall or a higher one, averaged.
 *
 * @param iou least overlap of a match, for all but {@code ap}
 * @param frames compared
 * @param unannotated frames of the result that the truth does not have; they are left out
 * @param missing annotated frames that the result has no line for; they are left out
 * @param all over all classes; its {@code ap50} and {@code ap} are the means over the classes that the truth has
 * @param classes by class, in alphabetical order
 */
public record Evaluation(
        double iou, int frames, int unannotated, int missing, Score all, SortedMap<String, Score> classes) {
    private static final int RECALLS = 101;

    /**
     * Counts and rates. A rate is null where its denominator is 0.
     *
     * @param truths objects that are there
     * @param detections that count
     * @param right detections that match an object
     * @param ap50 average precision at an IoU of 0.5
     * @param ap mean of average precision at IoU 0.5, 0.55, ... 0.95
     */
    public record Score(
            int truths,
            int detections,
            int right,
            @Nullable Double ap50,
            @Nullable Double ap) {
        public @Nullable Double precision() {
            return detections == 0 ? null : (double) right / detections;
        }

        public @Nullable Double recall() {
            return truths == 0 ? null : (double) right / truths;
        }

        /** Harmonic mean of precision and recall. */
        public @Nullable Double f1() {
            return truths + detections == 0 ? null : 2.0 * right / (truths + detections);
        }
    }

    /** What a frame has of one class; detections in order of falling score. */
    private record FrameOfClass(List<TruthObject> objects, List<DetectedObject> detections) {
        static FrameOfClass empty(String label) {
            return new FrameOfClass(new ArrayList<>(), new ArrayList<>());
        }
    }

    /** A detection that was compared. */
    private record Compared(double score, boolean right) {}

    /** Detections of a class in order of falling score, and the number of objects. */
    private record Matches(List<Compared> detections, int truths) {
        int right() {
            return (int) detections.stream().filter(Compared::right).count();
        }
    }

    /**
     * Compares a result with a truth.
     *
     * @param result by frame, without frames that failed
     * @param iou least overlap of a match, above 0, at most 1
     */
    public static Evaluation of(Map<FrameKey, List<DetectedObject>> result, Truth truth, double iou) {
        List<FrameKey> frames = result.keySet().stream()
                .filter(truth.frames()::containsKey)
                .sorted()
                .toList();
        SortedMap<String, List<FrameOfClass>> byClass = new TreeMap<>();
        for (FrameKey frame : frames) {
            Map<String, FrameOfClass> here = new HashMap<>();
            truth.frames()
                    .getOrDefault(frame, List.of())
                    .forEach(t -> here.computeIfAbsent(t.label(), FrameOfClass::empty)
                            .objects()
                            .add(t));
            result.getOrDefault(frame, List.of()).stream()
                    .sorted(Comparator.comparingDouble(DetectedObject::score).reversed())
                    .forEach(d -> here.computeIfAbsent(d.label(), FrameOfClass::empty)
                            .detections()
                            .add(d));
            here.forEach((label, one) ->
                    byClass.computeIfAbsent(label, l -> new ArrayList<>()).add(one));
        }
        SortedMap<String, Score> classes = new TreeMap<>();
        byClass.forEach((label, ofClass) -> classes.put(label, score(ofClass, iou)));
        Score all = new Score(
                classes.values().stream().mapToInt(Score::truths).sum(),
                classes.values().stream().mapToInt(Score::detections).sum(),
                classes.values().stream().mapToInt(Score::right).sum(),
                mean(classes.values().stream().mapToDouble(c -> orNaN(c.ap50()))),
                mean(classes.values().stream().mapToDouble(c -> orNaN(c.ap()))));
        return new Evaluation(
                iou,
                frames.size(),
                result.size() - frames.size(),
                truth.frames().size() - frames.size(),
                all,
                classes);
    }

    private static Score score(List<FrameOfClass> frames, double iou) {
        Matches matches = matches(frames, iou);
        double[] aps = IntStream.rangeClosed(0, 9)
                .mapToDouble(i -> orNaN(averagePrecision(matches(frames, (50 + 5 * i) / 100.0))))
                .toArray();
        return new Score(
                matches.truths(),
                matches.detections().size(),
                matches.right(),
                mean(DoubleStream.of(aps[0])),
                mean(DoubleStream.of(aps)));
    }

    private static Matches matches(List<FrameOfClass> frames, double iou) {
        List<Compared> compared = new ArrayList<>();
        int truths = 0;
        for (FrameOfClass frame : frames) {
            List<TruthObject> objects = frame.objects();
            truths += (int) objects.stream().filter(t -> !t.ignored()).count();
            boolean[] taken = new boolean[objects.size()];
            for (DetectedObject detection : frame.detections()) {
                int best = best(detection, objects, taken, iou);
                if (best >= 0 && !objects.get(best).ignored()) {
                    taken[best] = true;
                    compared.add(new Compared(detection.score(), true));
                } else if (best < 0) {
                    compared.add(new Compared(detection.score(), false));
                }
            }
        }
        // The sort is stable: equal scores stay in order of frames.
        compared.sort(Comparator.comparingDouble(Compared::score).reversed());
        return new Matches(compared, truths);
    }

    /** The free object that it overlaps most, one that counts before an ignored one; -1 if none. */
    private static int best(DetectedObject detection, List<TruthObject> objects, boolean[] taken, double iou) {
        return IntStream.range(0, objects.size())
                .filter(i -> !taken[i])
                .filter(i -> overlap(detection, objects.get(i)) >= iou)
                .boxed()
                .max(Comparator.<Integer, Boolean>comparing(i -> !objects.get(i).ignored())
                        .thenComparing(i -> overlap(detection, objects.get(i))))
                .orElse(-1);
    }

    /** IoU; of an ignored region the part of the detection that it covers, as COCO has it for crowds. */
    private static double overlap(DetectedObject detection, TruthObject object) {
        if (object.ignored()) {
            double area = detection.box().area();
            return area > 0 ? detection.box().intersection(object.box()) / area : 0;
        }
        return detection.box().iou(object.box());
    }

    private static @Nullable Double averagePrecision(Matches matches) {
        if (matches.truths() == 0) {
            return null;
        }
        int count = matches.detections().size();
        double[] precision = new double[count];
        double[] recall = new double[count];
        int right = 0;
        for (int i = 0; i < count; i++) {
            right += matches.detections().get(i).right() ? 1 : 0;
            precision[i] = (double) right / (i + 1);
            recall[i] = (double) right / matches.truths();
        }
        for (int i = count - 2; i >= 0; i--) {
            precision[i] = Math.max(precision[i], precision[i + 1]);
        }
        double sum = 0;
        int at = 0;
        for (int step = 0; step < RECALLS; step++) {
            double wanted = step / (RECALLS - 1.0);
            while (at < count && recall[at] < wanted) {
                at++;
            }
            sum += at < count ? precision[at] : 0;
        }
        return sum / RECALLS;
    }

    private static double orNaN(@Nullable Double value) {
        return value == null ? Double.NaN : value;
    }

    /** Mean of those that are numbers; null if none is. */
    private static @Nullable Double mean(DoubleStream values) {
        OptionalDouble mean = values.filter(v -> !Double.isNaN(v)).average();
        return mean.isPresent() ? mean.getAsDouble() : null;
    }
}
