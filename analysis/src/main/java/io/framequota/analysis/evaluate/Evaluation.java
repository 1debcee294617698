package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.Collection;
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
 * @param otherClasses detections of classes that the truth does not annotate; they are left out
 * @param all over all classes; its {@code ap50} and {@code ap} are the means over the classes that the truth has
 * @param classes by class, in alphabetical order
 * @param slices by distance and by occlusion, where the truth knows them; all classes together, as in {@code all}
 */
public record Evaluation(
        double iou,
        int frames,
        int unannotated,
        int missing,
        int otherClasses,
        Score all,
        SortedMap<String, Score> classes,
        List<SliceScore> slices) {
    private static final int RECALLS = 101;
    private static final int STEPS = 10;

    /** Accuracy on a part of the objects. */
    public record SliceScore(EvaluationSlice slice, Score score) {}

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

    /** A detection that was compared, with the object that it matches. */
    private record Compared(
            DetectedObject detection, @Nullable TruthObject object) {
        boolean right() {
            return object != null;
        }

        boolean in(EvaluationSlice slice) {
            return object != null ? slice.has(object) : slice.counts(detection);
        }
    }

    /** Detections of a class in order of falling score, and the objects to find. */
    private record Matches(List<Compared> detections, List<TruthObject> truths) {
        int right() {
            return (int) detections.stream().filter(Compared::right).count();
        }

        Matches in(EvaluationSlice slice) {
            return new Matches(
                    detections.stream().filter(d -> d.in(slice)).toList(),
                    truths.stream().filter(slice::has).toList());
        }
    }

    /**
     * A class's matches.
     *
     * @param asked at the least IoU that was asked for
     * @param steps at 0.5, 0.55, ... 0.95
     */
    private record ClassMatches(Matches asked, List<Matches> steps) {
        static ClassMatches of(List<FrameOfClass> frames, double iou) {
            return new ClassMatches(
                    matches(frames, iou),
                    IntStream.range(0, STEPS)
                            .mapToObj(i -> matches(frames, (50 + 5 * i) / 100.0))
                            .toList());
        }

        ClassMatches in(EvaluationSlice slice) {
            return new ClassMatches(
                    asked.in(slice), steps.stream().map(s -> s.in(slice)).toList());
        }

        Score score() {
            double[] aps =
                    steps.stream().mapToDouble(s -> orNaN(averagePrecision(s))).toArray();
            return new Score(
                    asked.truths().size(),
                    asked.detections().size(),
                    asked.right(),
                    mean(DoubleStream.of(aps[0])),
                    mean(DoubleStream.of(aps)));
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
        int otherClasses = 0;
        SortedMap<String, List<FrameOfClass>> byClass = new TreeMap<>();
        for (FrameKey frame : frames) {
            Map<String, FrameOfClass> here = new HashMap<>();
            truth.frames()
                    .getOrDefault(frame, List.of())
                    .forEach(t -> here.computeIfAbsent(t.label(), FrameOfClass::empty)
                            .objects()
                            .add(t));
            List<DetectedObject> found = result.getOrDefault(frame, List.of());
            List<DetectedObject> counted =
                    found.stream().filter(d -> truth.annotates(d.label())).toList();
            otherClasses += found.size() - counted.size();
            counted.stream()
                    .sorted(Comparator.comparingDouble(DetectedObject::score).reversed())
                    .forEach(d -> here.computeIfAbsent(d.label(), FrameOfClass::empty)
                            .detections()
                            .add(d));
            here.forEach((label, one) ->
                    byClass.computeIfAbsent(label, l -> new ArrayList<>()).add(one));
        }
        SortedMap<String, ClassMatches> matches = new TreeMap<>();
        byClass.forEach((label, ofClass) -> matches.put(label, ClassMatches.of(ofClass, iou)));
        SortedMap<String, Score> classes = new TreeMap<>();
        matches.forEach((label, ofClass) -> classes.put(label, ofClass.score()));
        return new Evaluation(
                iou,
                frames.size(),
                result.size() - frames.size(),
                truth.frames().size() - frames.size(),
                otherClasses,
                together(classes.values()),
                classes,
                slices(matches.values()));
    }

    private static Score together(Collection<Score> classes) {
        return new Score(
                classes.stream().mapToInt(Score::truths).sum(),
                classes.stream().mapToInt(Score::detections).sum(),
                classes.stream().mapToInt(Score::right).sum(),
                mean(classes.stream().mapToDouble(c -> orNaN(c.ap50()))),
                mean(classes.stream().mapToDouble(c -> orNaN(c.ap()))));
    }

    private static List<SliceScore> slices(Collection<ClassMatches> classes) {
        List<TruthObject> objects =
                classes.stream().flatMap(c -> c.asked().truths().stream()).toList();
        return EvaluationSlice.of(objects).stream()
                .map(slice -> new SliceScore(
                        slice,
                        together(classes.stream().map(c -> c.in(slice).score()).toList())))
                .toList();
    }

    private static Matches matches(List<FrameOfClass> frames, double iou) {
        List<Compared> compared = new ArrayList<>();
        List<TruthObject> truths = new ArrayList<>();
        for (FrameOfClass frame : frames) {
            List<TruthObject> objects = frame.objects();
            objects.stream().filter(t -> !t.ignored()).forEach(truths::add);
            boolean[] taken = new boolean[objects.size()];
            for (DetectedObject detection : frame.detections()) {
                int best = best(detection, objects, taken, iou);
                if (best >= 0 && !objects.get(best).ignored()) {
                    taken[best] = true;
                    compared.add(new Compared(detection, objects.get(best)));
                } else if (best < 0) {
                    compared.add(new Compared(detection, null));
                }
            }
        }
        // The sort is stable: equal scores stay in order of frames.
        compared.sort(Comparator.comparingDouble((Compared c) -> c.detection().score())
                .reversed());
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
    static double overlap(DetectedObject detection, TruthObject object) {
        if (object.ignored()) {
            double area = detection.box().area();
            return area > 0 ? detection.box().intersection(object.box()) / area : 0;
        }
        return detection.box().iou(object.box());
    }

    private static @Nullable Double averagePrecision(Matches matches) {
        if (matches.truths().isEmpty()) {
            return null;
        }
        int count = matches.detections().size();
        double[] precision = new double[count];
        double[] recall = new double[count];
        int right = 0;
        for (int i = 0; i < count; i++) {
            right += matches.detections().get(i).right() ? 1 : 0;
            precision[i] = (double) right / (i + 1);
            recall[i] = (double) right / matches.truths().size();
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
