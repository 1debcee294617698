package io.framequota.scheduler.simulator;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Collects the statistics of a run in constant time per event. */
final class RunStatistics {
    private final double[] responses;
    private final int keep;
    private final @Nullable Consumer<AllocationChange> trace;
    private final List<JobOutcome> kept = new ArrayList<>();
    private int served;
    private int refused;
    private double slowdowns;
    private double work;
    private double throttled;
    private double inSystem;
    private double held;
    private double mostHeld;
    private double lastS;
    private double makespan;
    private long decisions;
    private long hash = 0xCBF29CE484222325L;

    /** @param trace receives every allocation change; null for none */
    RunStatistics(int jobs, int keep, @Nullable Consumer<AllocationChange> trace) {
        this.responses = new double[jobs];
        this.keep = keep;
        this.trace = trace;
    }

    /** Advances the time, during which so many jobs were present and so many cores were held. */
    void advance(double nowS, int jobs, double cores) {
        inSystem += jobs * (nowS - lastS);
        held += cores * (nowS - lastS);
        lastS = nowS;
    }

    /** From now on, jobs with a share hold so many millicores together. */
    void holds(double millicores) {
        mostHeld = Math.max(mostHeld, millicores);
    }

    void decision() {
        decisions++;
    }

    void change(double nowS, long job, double millicores) {
        mix(Double.doubleToRawLongBits(nowS));
        mix(job);
        mix(Double.doubleToRawLongBits(millicores));
        if (trace != null) {
            trace.accept(new AllocationChange(nowS, job, millicores));
        }
    }

    void throttled(double seconds) {
        throttled += seconds;
    }

    void ended(double nowS, Arrival job) {
        ended(nowS, job, Double.NaN);
    }

    /** @param forecastS the response that was forecast, NaN if none was */
    void ended(double nowS, Arrival job, double forecastS) {
        double response = nowS - job.arrivalS();
        responses[served++] = response;
        slowdowns += response / job.sizeS();
        work += job.sizeS();
        makespan = nowS;
        mix(Double.doubleToRawLongBits(response));
        if (kept.size() < keep) {
            kept.add(new JobOutcome(job.id(), job.arrivalS(), job.sizeS(), job.labels(), response, false, forecastS));
        }
    }

    void refused(double nowS, Arrival job) {
        refused++;
        mix(~job.id());
        if (kept.size() < keep) {
            kept.add(new JobOutcome(
                    job.id(), job.arrivalS(), job.sizeS(), job.labels(), nowS - job.arrivalS(), true, Double.NaN));
        }
    }

    private void mix(long value) {
        long x = (hash ^ value) * 0x9E3779B97F4A7C15L;
        hash = x ^ x >>> 29;
    }

    SimulationResult outcome() {
        // Without refusals no copy is needed; a copy of millions of responses would not fit into memory.
        double[] all = served == responses.length ? responses : Arrays.copyOf(responses, served);
        double sum = Arrays.stream(all).sum();
        return new SimulationResult(
                served,
                refused,
                served == 0 ? 0 : sum / served,
                Quantiles.of(all, 0.5),
                Quantiles.of(all, 0.9),
                Quantiles.of(all, 0.99),
                Quantiles.of(all, 1),
                served == 0 ? 0 : slowdowns / served,
                makespan,
                throttled,
                makespan == 0 ? 0 : inSystem / makespan,
                work,
                held,
                mostHeld,
                decisions,
                HexFormat.of().toHexDigits(hash),
                kept,
                sample(all));
    }

    private List<Double> sample(double[] all) {
        if (keep == 0) {
            return List.of();
        }
        Arrays.sort(all);
        List<Double> chosen = new ArrayList<>();
        int step = Math.max(1, all.length / keep);
        for (int i = step - 1; i < all.length; i += step) {
            chosen.add(all[i]);
        }
        return chosen;
    }
}
