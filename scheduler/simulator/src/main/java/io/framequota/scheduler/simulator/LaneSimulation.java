package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.FixedLanePolicy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A {@link ShareSimulation} of a policy that is nothing but lanes, several times as fast: the same events at the same times with the
 * same trace, without asking the policy what it cannot answer otherwise.
 */
final class LaneSimulation {
    /** With more lanes than this looking at each costs more than asking. */
    private static final int MOST_LANES = 64;

    private final RunStatistics tally;
    private final QuotaMeter meter;
    private final double cores;
    private final double millicores;
    private final Iterator<Arrival> arrivals;
    private final ArrayDeque<Arrival> waiting = new ArrayDeque<>();
    private final double[] endS;
    private final double[] startS;
    private final @Nullable Arrival[] serving;
    private int busy;
    private double nowS;

    private LaneSimulation(Scenario scenario, RunStatistics tally, int width, int lanes) {
        this.tally = tally;
        meter = QuotaMeter.of(scenario);
        millicores = width * scenario.core();
        cores = millicores / scenario.core();
        arrivals = scenario.workload().stream(scenario.seed());
        endS = new double[lanes];
        startS = new double[lanes];
        serving = new Arrival[lanes];
        Arrays.fill(endS, Double.POSITIVE_INFINITY);
    }

    /** Runs the scenario if lanes are all there is to it; whether it did. */
    static boolean run(Scenario scenario, RunStatistics tally) {
        int width = scenario.policy().policy() instanceof FixedLanePolicy lanes ? lanes.laneWidth(scenario.cores()) : 0;
        if (width == 0
                || width > scenario.speedup().limit()
                || width > scenario.workload().leastParallelism()
                || scenario.handoverMs() > 0
                || scenario.grid() != ShareGrid.EXACT) {
            return false;
        }
        int lanes = Math.min(scenario.cores() / width, scenario.places());
        if (lanes > MOST_LANES) {
            return false;
        }
        new LaneSimulation(scenario, tally, width, lanes).run();
        return true;
    }

    private void run() {
        Arrival next = arrivals.next();
        while (next != null || busy > 0) {
            double end = firstEnd();
            double then = next == null ? end : Math.min(next.arrivalS(), end);
            tally.pass(then, waiting.size() + busy, busy * cores);
            nowS = then;
            if (end <= ShareSimulation.together(nowS)) {
                end(ShareSimulation.together(nowS));
            }
            while (next != null && next.arrivalS() <= nowS) {
                waiting.add(next);
                next = arrivals.hasNext() ? arrivals.next() : null;
            }
            if (busy > 0 || !waiting.isEmpty()) {
                tally.decision();
                start();
            }
        }
    }

    private double firstEnd() {
        double first = endS[0];
        for (int lane = 1; lane < endS.length; lane++) {
            first = Math.min(first, endS[lane]);
        }
        return first;
    }

    /** Ends what ends now, in order of arrival. */
    private void end(double together) {
        while (true) {
            int first = -1;
            for (int lane = 0; lane < endS.length; lane++) {
                // Lanes are taken in order of arrival: who began earlier came earlier, and ties stand in order of
                // lanes.
                if (endS[lane] <= together && (first < 0 || startS[lane] < startS[first])) {
                    first = lane;
                }
            }
            if (first < 0) {
                return;
            }
            Arrival job = serving[first];
            if (job != null) {
                tally.throttled(meter.throttled(cores, nowS - startS[first]));
                tally.change(nowS, job.id(), 0);
                tally.ended(nowS, job);
            }
            serving[first] = null;
            endS[first] = Double.POSITIVE_INFINITY;
            busy--;
        }
    }

    private void start() {
        for (int lane = 0; lane < endS.length && !waiting.isEmpty(); lane++) {
            if (serving[lane] == null) {
                Arrival job = waiting.remove();
                serving[lane] = job;
                startS[lane] = nowS;
                endS[lane] = nowS + meter.secondsFor(cores, job.sizeS());
                busy++;
                tally.change(nowS, job.id(), millicores);
            }
        }
        tally.holds(busy * millicores);
    }
}
