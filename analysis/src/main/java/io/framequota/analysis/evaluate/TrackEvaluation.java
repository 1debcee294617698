package io.framequota.analysis.evaluate;

import io.framequota.analysis.result.DetectedObject;
import io.framequota.analysis.result.FrameKey;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Accuracy of tracks by the CLEAR MOT measures (Bernardin and Stiefelhagen 2008): in each frame, pairs of the frame before are
 * kept if they still overlap; the others are matched in order of falling overlap, within one class.
 *
 * @param truths objects in all compared frames
 * @param misses objects without a matching track
 * @param falsePositives detections with a track that match no object; those of an ignored object or of a class that the truth does
 *     not annotate are left out
 * @param switches times an object is matched with another track than before
 */
public record TrackEvaluation(int truths, int misses, int falsePositives, int switches) {
    /** {@code 1 - (misses + false positives + switches) / truths}; null without truths. Negative for many errors. */
    public @Nullable Double mota() {
        return truths == 0 ? null : 1 - (double) (misses + falsePositives + switches) / truths;
    }

    private record Pair(int object, int detection, double iou) {}

    /**
     * Compares tracks; empty if the truth has none or the result has none.
     *
     * @param iou least overlap of a match
     */
    public static Optional<TrackEvaluation> of(Map<FrameKey, List<DetectedObject>> result, Truth truth, double iou) {
        List<FrameKey> frames = result.keySet().stream()
                .filter(truth.frames()::containsKey)
                .sorted()
                .toList();
        boolean tracked = result.values().stream()
                .flatMap(List::stream)
                .anyMatch(d -> d.track().isPresent());
        boolean known = truth.frames().values().stream()
                .flatMap(List::stream)
                .anyMatch(t -> t.track().isPresent());
        if (!tracked || !known) {
            return Optional.empty();
        }
        Map<String, Map<Long, Long>> before = new HashMap<>();
        int truths = 0;
        int misses = 0;
        int falsePositives = 0;
        int switches = 0;
        for (FrameKey frame : frames) {
            List<TruthObject> all = truth.frames().getOrDefault(frame, List.of());
            List<TruthObject> objects = all.stream()
                    .filter(t -> t.track().isPresent() && !t.ignored())
                    .toList();
            List<DetectedObject> detections = result.getOrDefault(frame, List.of()).stream()
                    .filter(d -> d.track().isPresent() && truth.annotates(d.label()))
                    .toList();
            Map<Long, Long> last = before.computeIfAbsent(frame.stream(), s -> new HashMap<>());
            List<Pair> pairs = pairs(objects, detections, last, iou);
            truths += objects.size();
            misses += objects.size() - pairs.size();
            falsePositives += falsePositives(detections, pairs, all, iou);
            for (Pair pair : pairs) {
                long object = objects.get(pair.object()).track().orElseThrow();
                long track = detections.get(pair.detection()).track().orElseThrow();
                Long former = last.put(object, track);
                switches += former != null && former != track ? 1 : 0;
            }
        }
        return Optional.of(new TrackEvaluation(truths, misses, falsePositives, switches));
    }

    private static int falsePositives(
            List<DetectedObject> detections, List<Pair> pairs, List<TruthObject> objects, double iou) {
        Set<Integer> matched = pairs.stream().map(Pair::detection).collect(Collectors.toSet());
        return (int) IntStream.range(0, detections.size())
                .filter(d -> !matched.contains(d))
                .mapToObj(detections::get)
                .filter(d -> objects.stream()
                        .noneMatch(t -> t.ignored() && t.label().equals(d.label()) && Evaluation.overlap(d, t) >= iou))
                .count();
    }

    private static List<Pair> pairs(
            List<TruthObject> objects, List<DetectedObject> detections, Map<Long, Long> last, double iou) {
        List<Pair> possible = new ArrayList<>();
        for (int o = 0; o < objects.size(); o++) {
            for (int d = 0; d < detections.size(); d++) {
                double overlap = objects.get(o).box().iou(detections.get(d).box());
                if (overlap >= iou
                        && objects.get(o).label().equals(detections.get(d).label())) {
                    possible.add(new Pair(o, d, overlap));
                }
            }
        }
        possible.sort(Comparator.<Pair, Boolean>comparing(p -> !continues(p, objects, detections, last))
                .thenComparing(Comparator.comparingDouble(Pair::iou).reversed()));
        boolean[] objectTaken = new boolean[objects.size()];
        boolean[] detectionTaken = new boolean[detections.size()];
        List<Pair> chosen = new ArrayList<>();
        for (Pair pair : possible) {
            if (!objectTaken[pair.object()] && !detectionTaken[pair.detection()]) {
                objectTaken[pair.object()] = true;
                detectionTaken[pair.detection()] = true;
                chosen.add(pair);
            }
        }
        return chosen;
    }

    private static boolean continues(
            Pair pair, List<TruthObject> objects, List<DetectedObject> detections, Map<Long, Long> last) {
        Long former = last.get(objects.get(pair.object()).track().orElseThrow());
        return former != null
                && former == detections.get(pair.detection()).track().orElseThrow();
    }
}
