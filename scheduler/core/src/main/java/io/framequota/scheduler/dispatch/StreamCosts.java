package io.framequota.scheduler.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Core-seconds of a frame of a stream that was not measured itself. In this order: the latest measurement of the most
 * similar stream of the model; the cheapest recent chunk of the model; an assumption, which says so. Both measurements
 * are scaled to the stream's pixels.
 *
 * <p>Streams do not change what {@link CostEstimator} knows: their costs are CPU time, while a chunk's cost is the time
 * for which it occupies a worker. Beside other work that is several times its CPU time, so only the cheapest chunk says
 * something about a stream.
 */
final class StreamCosts {
    private static final int MOST_KINDS = 256;
    /** How far a stream that is drawn and encoded is from one that is not: about the factor e^0.3 in cost. */
    private static final double ANNOTATED_APART = 0.3;

    /** A core-second figure and whether it was measured. */
    record Cost(double perFrameS, boolean measured) {}

    private record Kind(String model, FrameFormat frames, boolean annotate) {
        double distance(Kind other) {
            return frames.distance(other.frames) + (annotate == other.annotate ? 0 : ANNOTATED_APART);
        }
    }

    private final CostEstimator chunks;
    /** The latest cost of each kind of stream. The kind that was measured first is forgotten first. */
    private final Map<Kind, Double> latest = new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Kind, Double> eldest) {
            return size() > MOST_KINDS;
        }
    };

    StreamCosts(CostEstimator chunks) {
        this.chunks = chunks;
    }

    /** Notes what a stream was measured to cost. */
    void measured(String model, StreamSpec stream, double perFrameS) {
        latest.put(new Kind(model, stream.frames(), stream.annotate()), perFrameS);
    }

    /** The cost of a frame of a stream that was not measured itself. */
    Cost of(String model, StreamSpec stream) {
        Kind kind = new Kind(model, stream.frames(), stream.annotate());
        double least = Double.POSITIVE_INFINITY;
        double perFrameS = 0;
        for (Map.Entry<Kind, Double> known : latest.entrySet()) {
            Kind other = known.getKey();
            double away = other.model().equals(model) ? other.distance(kind) : Double.POSITIVE_INFINITY;
            if (away < least) {
                least = away;
                perFrameS = known.getValue() * kind.frames().scaleOf(other.frames());
            }
        }
        if (least < Double.POSITIVE_INFINITY) {
            return new Cost(perFrameS, true);
        }
        double ofChunks = chunks.leastPerFrame(model, stream.frames());
        return ofChunks > 0
                ? new Cost(ofChunks, true)
                // Without any measurement this is the cost that CostEstimator assumes.
                : new Cost(chunks.perFrame(model, stream.frames()), false);
    }
}
