package io.framequota.scheduler.dispatch;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Core-seconds of a stream's frames. In this order: measured on the stream itself; on the latest stream of the same
 * model and kind; on the latest stream of the model whose pictures have the same size; on chunks of the model, at the
 * nearest format; on any stream of the model. If none of these exists, the cost of an unmeasured model's frame is
 * assumed, and says so.
 *
 * <p>Streams do not change what {@link CostEstimator} knows: their costs are CPU time, while a chunk's cost is the time
 * for which it occupies a worker.
 */
final class StreamCosts {
    private static final int MOST_KINDS = 256;

    /** A core-second figure and whether it was measured. */
    record Cost(double perFrameS, boolean measured) {}

    private record Kind(String model, FrameFormat frames, boolean annotate) {}

    private record Size(String model, int width, int height) {
        static Size of(String model, StreamSpec stream) {
            return new Size(model, stream.frames().width(), stream.frames().height());
        }
    }

    private final CostEstimator chunks;
    private final Map<Kind, Double> byKind = latest();
    /** What chunks were measured to take beside other work may be several times a stream's CPU time: streams say it better. */
    private final Map<Size, Double> bySize = latest();

    private final Map<String, Double> byModel = latest();

    StreamCosts(CostEstimator chunks) {
        this.chunks = chunks;
    }

    /** Notes what a stream was measured to cost. */
    void measured(String model, StreamSpec stream, double perFrameS) {
        byKind.put(new Kind(model, stream.frames(), stream.annotate()), perFrameS);
        bySize.put(Size.of(model, stream), perFrameS);
        byModel.put(model, perFrameS);
    }

    /** The cost of a frame of a stream that was not measured itself. */
    Cost of(String model, StreamSpec stream) {
        Double same = byKind.get(new Kind(model, stream.frames(), stream.annotate()));
        if (same != null) {
            return new Cost(same, true);
        }
        Double ofSize = bySize.get(Size.of(model, stream));
        if (ofSize != null) {
            return new Cost(ofSize, true);
        }
        if (chunks.isMeasured(model)) {
            return new Cost(chunks.perFrame(model, stream.frames()), true);
        }
        Double other = byModel.get(model);
        // Without any measurement this is the cost that CostEstimator assumes.
        return other == null ? new Cost(chunks.perFrame(model, stream.frames()), false) : new Cost(other, true);
    }

    /** Forgets the entry that was written first. */
    private static <K> Map<K, Double> latest() {
        return new LinkedHashMap<>() {
            @Override
            protected boolean removeEldestEntry(Map.Entry<K, Double> eldest) {
                return size() > MOST_KINDS;
            }
        };
    }
}
