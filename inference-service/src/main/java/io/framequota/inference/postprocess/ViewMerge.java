package io.framequota.inference.postprocess;

import io.framequota.contract.result.Detection;
import io.framequota.inference.model.InputSize;
import io.framequota.media.spherical.AngularBoxShape;
import io.framequota.media.spherical.Panorama;
import io.framequota.media.spherical.View;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Joins what was found in overlapping views of a 360° picture. An object that several views show gets its place from the view in whose
 * middle it is, where it is distorted least, and the best of its scores. What a view's edge cuts off counts only where no other view
 * shows the object whole.
 */
public final class ViewMerge {
    /** Two boxes of different views that overlap more are one object. */
    private static final double SAME = 0.4;
    /** A box at a view's edge of which more lies in another one is a part of it. */
    private static final double PART = 0.5;
    /** Distance from a view's edge, as a part of its side, within which an object may go on beyond it. */
    private static final double EDGE = 0.01;

    private final Panorama panorama;
    private final List<View> views;
    private final InputSize size;

    /** One detection. The scores of those that it replaces may raise its own. */
    private static final class Candidate {
        private final Detection detection;
        private final int view;
        private final AngularBoxShape shape;
        private final boolean cut;
        private final double aside;
        private float score;

        Candidate(Detection detection, int view, AngularBoxShape shape, boolean cut, double aside) {
            this.detection = detection;
            this.view = view;
            this.shape = shape;
            this.cut = cut;
            this.aside = aside;
            score = detection.score();
        }

        boolean covers(Candidate other) {
            return view != other.view
                    && detection.classId() == other.detection.classId()
                    && (shape.iou(other.shape) > SAME || other.cut && other.shape.partIn(shape) > PART);
        }
    }

    /** @param size of the views' pictures */
    public ViewMerge(Panorama panorama, List<View> views, InputSize size) {
        this.panorama = panorama;
        this.views = List.copyOf(views);
        this.size = size;
    }

    /**
     * The picture's detections, best first.
     *
     * @param found by view, with boxes in pixels of the view's picture
     */
    public List<Detection> merge(List<List<Detection>> found) {
        List<Candidate> candidates = new ArrayList<>();
        for (int i = 0; i < found.size(); i++) {
            for (Detection detection : found.get(i)) {
                candidates.add(candidate(detection, i));
            }
        }
        candidates.sort(Comparator.comparing((Candidate c) -> c.cut)
                .thenComparingDouble(c -> c.aside)
                .thenComparingDouble(c -> -c.score));
        List<Candidate> kept = new ArrayList<>();
        for (Candidate candidate : candidates) {
            boolean free = true;
            for (int i = 0; i < kept.size() && free; i++) {
                if (kept.get(i).covers(candidate)) {
                    kept.get(i).score = Math.max(kept.get(i).score, candidate.score);
                    free = false;
                }
            }
            if (free) {
                kept.add(candidate);
            }
        }
        return kept.stream()
                .sorted(Comparator.comparingDouble(c -> -c.score))
                .map(this::detection)
                .toList();
    }

    private Candidate candidate(Detection d, int index) {
        View view = views.get(index);
        AngularBoxShape shape = AngularBoxShape.inView(
                view,
                unit(d.x1(), size.width()),
                unit(d.y1(), size.height()),
                unit(d.x2(), size.width()),
                unit(d.y2(), size.height()));
        return new Candidate(d, index, shape, cut(d), view.axis().angleTo(shape.middle()));
    }

    private static double unit(float pixels, int side) {
        return 2.0 * pixels / side - 1;
    }

    private boolean cut(Detection d) {
        double x = EDGE * size.width();
        double y = EDGE * size.height();
        return d.x1() < x || d.y1() < y || d.x2() > size.width() - x || d.y2() > size.height() - y;
    }

    private Detection detection(Candidate c) {
        float[] box = panorama.box(c.shape);
        return new Detection(
                c.detection.label(), c.detection.classId(), c.score, box[0], box[1], box[2], box[3], c.shape.box());
    }
}
