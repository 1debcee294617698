package io.framequota.scheduler.simulator;

import io.framequota.scheduler.dispatch.FrameFormat;
import io.framequota.scheduler.dispatch.StreamDemand;
import io.framequota.scheduler.dispatch.StreamJob;
import io.framequota.scheduler.dispatch.StreamSpec;
import java.util.List;
import java.util.Locale;

/**
 * A live stream beside the jobs of a workload. It holds a reservation of frames to infer per second x cost of a frame,
 * without headroom, because its cost is exact.
 *
 * @param fps frames per second of the source, above 0
 * @param every every Nth frame is inferred, at least 1
 * @param costMs CPU milliseconds of an inferred frame on one core of the experiment, above 0
 * @param fromS when it opens, in seconds after the start of the run
 * @param toS when it ends; infinite if it lasts as long as the run
 */
public record SimulatedStream(double fps, int every, double costMs, double fromS, double toS) {
    /** What the ids of their jobs begin with; ids of other jobs are numbers. */
    static final String NAME = "stream-";

    public SimulatedStream {
        require(fps > 0 && fps < Double.POSITIVE_INFINITY, "fps", fps, "a number above 0");
        require(every >= 1, "every", every, "a whole number of at least 1");
        require(costMs > 0 && costMs < Double.POSITIVE_INFINITY, "cost_ms", costMs, "a number above 0");
        require(fromS >= 0 && fromS < Double.POSITIVE_INFINITY, "from_s", fromS, "a number of at least 0");
        require(toS > fromS, "to_s", toS, "a number above from_s");
    }

    private static void require(boolean condition, String name, Object value, String allowed) {
        if (!condition) {
            throw new ScenarioException("a stream's " + name + " cannot be " + value + "; allowed: " + allowed);
        }
    }

    /** What it needs, in thousandths of a core of the experiment. */
    public StreamDemand demand() {
        return new StreamDemand(fps / every, true, costMs / 1000, true, 0);
    }

    /** The job that the dispatcher sees; each stream has a model of its own, because each has its own cost. */
    StreamJob job(int number) {
        return new StreamJob(
                NAME + number,
                number,
                model(number),
                0,
                new StreamSpec(fps, every, FrameFormat.UNKNOWN, 0, false, 1, 0));
    }

    static String model(int number) {
        return NAME + number;
    }

    /**
     * Checks that all reservations fit onto the cores at any time.
     *
     * @throws ScenarioException with the figures of the first stream that does not fit
     */
    static void check(List<SimulatedStream> streams, int cores) {
        for (int i = 0; i < streams.size(); i++) {
            SimulatedStream stream = streams.get(i);
            int others = 0;
            int held = 0;
            for (int j = 0; j < streams.size(); j++) {
                SimulatedStream other = streams.get(j);
                boolean earlier = other.fromS < stream.fromS || other.fromS == stream.fromS && j < i;
                if (earlier && other.toS > stream.fromS) {
                    others++;
                    held += other.demand().millicores();
                }
            }
            if (held + stream.demand().millicores() > 1000 * cores) {
                throw new ScenarioException(String.format(
                        Locale.ROOT,
                        "stream %d %s, but %dm of %dm are free beside %d other%s; allowed: streams that fit together",
                        i + 1,
                        stream.demand().words(),
                        1000 * cores - held,
                        1000 * cores,
                        others,
                        others == 1 ? "" : "s"));
            }
        }
    }
}
