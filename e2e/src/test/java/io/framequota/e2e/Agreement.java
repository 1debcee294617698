package io.framequota.e2e;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;

/**
 * How well two results of one video agree: per frame, boxes of one class with IoU of at least 0.5 are matched greedily by
 * score. Boxes that score at least 0.35 on one side must find one of at least 0.3 on the other.
 *
 * @param matchedHere confident boxes here that were found there
 * @param here confident boxes here
 * @param matchedThere confident boxes there that were found here
 * @param there confident boxes there
 */
record Agreement(int matchedHere, int here, int matchedThere, int there) {
    private static final double CONFIDENT = 0.35;
    private static final double LEAST = 0.3;
    private static final double OVERLAP = 0.5;

    record Box(int type, double score, double x1, double y1, double x2, double y2) {}

    static Agreement of(List<JsonNode> found, List<JsonNode> reference) {
        int[] sums = new int[4];
        for (int i = 0; i < found.size(); i++) {
            List<Box> here = boxes(found.get(i));
            List<Box> there = boxes(reference.get(i));
            sums[0] += matched(here, there);
            sums[1] += confident(here).size();
            sums[2] += matched(there, here);
            sums[3] += confident(there).size();
        }
        return new Agreement(sums[0], sums[1], sums[2], sums[3]);
    }

    double f1() {
        double precision = here == 0 ? 1 : (double) matchedHere / here;
        double recall = there == 0 ? 1 : (double) matchedThere / there;
        return 2 * precision * recall / (precision + recall);
    }

    @Override
    public String toString() {
        return "%.4f (%d of %d here, %d of %d there)".formatted(f1(), matchedHere, here, matchedThere, there);
    }

    private static List<Box> confident(List<Box> boxes) {
        return boxes.stream().filter(b -> b.score() >= CONFIDENT).toList();
    }

    private static int matched(List<Box> from, List<Box> to) {
        List<Box> free =
                new ArrayList<>(to.stream().filter(b -> b.score() >= LEAST).toList());
        int matched = 0;
        for (Box box : confident(from).stream()
                .sorted(Comparator.comparingDouble(Box::score).reversed())
                .toList()) {
            Box best = free.stream()
                    .filter(f -> f.type() == box.type() && iou(f, box) >= OVERLAP)
                    .max(Comparator.comparingDouble(f -> iou(f, box)))
                    .orElse(null);
            if (best != null) {
                free.remove(best);
                matched++;
            }
        }
        return matched;
    }

    private static double iou(Box a, Box b) {
        double w = Math.min(a.x2(), b.x2()) - Math.max(a.x1(), b.x1());
        double h = Math.min(a.y2(), b.y2()) - Math.max(a.y1(), b.y1());
        double common = Math.max(0, w) * Math.max(0, h);
        return common / (area(a) + area(b) - common);
    }

    private static double area(Box b) {
        return (b.x2() - b.x1()) * (b.y2() - b.y1());
    }

    /** Ours are objects; the reference's are {@code [class, score, x1, y1, x2, y2]}. */
    private static List<Box> boxes(JsonNode line) {
        return StreamSupport.stream(line.path("detections").spliterator(), false)
                .map(d -> d.isArray()
                        ? new Box(
                                d.get(0).asInt(),
                                d.get(1).asDouble(),
                                d.get(2).asDouble(),
                                d.get(3).asDouble(),
                                d.get(4).asDouble(),
                                d.get(5).asDouble())
                        : new Box(
                                d.path("class_id").asInt(),
                                d.path("score").asDouble(),
                                d.path("box").get(0).asDouble(),
                                d.path("box").get(1).asDouble(),
                                d.path("box").get(2).asDouble(),
                                d.path("box").get(3).asDouble()))
                .toList();
    }
}
