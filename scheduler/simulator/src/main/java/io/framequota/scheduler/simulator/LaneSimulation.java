package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.FixedLanePolicy;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * A faster {@link ShareSimulation} for a {@link FixedLanePolicy}: the same events at the same times with the same
 * trace, without asking the policy. 4 to 7 million jobs per second, against 1.4 to 3.2 million with
 * {@link ShareSimulation} (2 cores, 2026-11-21).
 */
final class LaneSimulation {
    /** With more lanes than this, scanning the lanes is slower than asking the policy. */
    private static final int MOST_LANES = 64;

    private final RunStatistics statistics;
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

    private LaneSimulation(Scenario scenario, RunStatistics statistics, int width, int lanes) {
        this.statistics = statistics;
        meter = QuotaMeter.of(scenario);
        millicores = width * scenario.core();
        cores = millicores / scenario.core();
        arrivals = scenario.workload().stream(scenario.seed());
        endS = new double[lanes];
        startS = new double[lanes];
        serving = new Arrival[lanes];
        Arrays.fill(endS, Double.POSITIVE_INFINITY);
    }

    /**
     * Runs the scenario if the policy uses lanes and nothing else of the scenario differs from fluid shares. Returns
     * whether it ran.
     */
    static boolean run(Scenario scenario, RunStatistics statistics) {
        int width = scenario.policy().policy() instanceof FixedLanePolicy lanes ? lanes.laneWidth(scenario.cores()) : 0;
        if (width == 0
                || width > scenario.speedup().limit()
                || width > scenario.workload().leastParallelism()
                || !scenario.workload().streams().isEmpty()
                || scenario.handoverMs() > 0
                || scenario.grid() != ShareGrid.EXACT) {
            return false;
        }
        int lanes = Math.min(scenario.cores() / width, scenario.places());
        if (lanes > MOST_LANES) {
            return false;
        }
        new LaneSimulation(scenario, statistics, width, lanes).run();
        return true;
    }

    private void run() {
        Arrival next = arrivals.next();
        while (next != null || busy > 0) {
            double end = firstEnd();
            double then = next == null ? end : Math.min(next.arrivalS(), end);
            statistics.advance(then, waiting.size() + busy, busy * cores);
            nowS = then;
            if (end <= ShareSimulation.together(nowS)) {
                end(ShareSimulation.together(nowS));
            }
            while (next != null && next.arrivalS() <= nowS) {
                waiting.add(next);
                next = arrivals.hasNext() ? arrivals.next() : null;
            }
            if (busy > 0 || !waiting.isEmpty()) {
                statistics.decision();
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

    /** Ends the jobs that end now, in order of arrival. */
    private void end(double together) {
        while (true) {
            int first = -1;
            for (int lane = 0; lane < endS.length; lane++) {
                // Lanes are taken in order of arrival: a job that started earlier arrived earlier, and for equal starts
                // the order of lanes is the order of arrival.
                if (endS[lane] <= together && (first < 0 || startS[lane] < startS[first])) {
                    first = lane;
                }
            }
            if (first < 0) {
                return;
            }
            Arrival job = serving[first];
            if (job != null) {
                statistics.throttled(meter.throttled(cores, nowS - startS[first]));
                statistics.change(nowS, job.id(), 0);
                statistics.ended(nowS, job);
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
                statistics.change(nowS, job.id(), millicores);
            }
        }
        statistics.holds(busy * millicores);
    }
}
