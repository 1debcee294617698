package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.Speedup;

/** Computes the progress of a job under a constant quota: work done, time stood still, and time until an end. */
sealed interface QuotaMeter {
    /** CPU seconds of work done in the first {@code seconds} after a quota of {@code cores} was written. */
    double work(double cores, double seconds);

    /** Seconds until so much work is done after the quota was written; infinite if never. */
    double secondsFor(double cores, double work);

    /** Seconds of the first {@code seconds} for which the job stood still because its quota was spent. */
    double throttled(double cores, double seconds);

    static QuotaMeter of(Scenario scenario) {
        return switch (scenario.quota()) {
            case FLUID -> new Fluid(scenario.speedup());
            case STAIRCASE -> new Staircase(scenario.speedup(), scenario.periodMs() / 1e3, scenario.core() / 1000);
            case BATCHES -> throw new IllegalArgumentException("batches are computed one by one, without a quota");
        };
    }

    /** The job always runs at the speed of its share. */
    record Fluid(Speedup speedup) implements QuotaMeter {
        @Override
        public double work(double cores, double seconds) {
            return speedup.at(cores) * seconds;
        }

        @Override
        public double secondsFor(double cores, double work) {
            return work / speedup.at(cores);
        }

        @Override
        public double throttled(double cores, double seconds) {
            return 0;
        }
    }

    /**
     * In each period a job computes with one thread per core of its share, rounded up, until the quota is spent. Its
     * speed while it computes gives the speedup of its share over whole periods; with a linear speedup each thread runs
     * on one real core. The time of a job of C CPU seconds is T = (ceil(C/b)-1) P + (C - (ceil(C/b)-1) b) / threads,
     * where b is the quota per period P.
     *
     * @param periodS length of a period in seconds
     * @param coreScale real cores per core of the experiment
     */
    record Staircase(Speedup speedup, double periodS, double coreScale) implements QuotaMeter {
        /** A quota above a whole number of cores by at most this is that number: the difference is a rounding error. */
        private static final double WHOLE = 1e-9;

        private double threads(double cores) {
            // A worker has one thread per core of the experiment in its share, even if such a core is smaller than a
            // real core: then it spends its quota sooner.
            return Math.max(1, Math.ceil(cores * Math.max(1, coreScale) - WHOLE));
        }

        /** Seconds of each period in which the job computes. */
        private double runs(double cores) {
            return Math.min(periodS, cores * coreScale * periodS / threads(cores));
        }

        private double speed(double cores) {
            return speedup.at(cores) * periodS / runs(cores);
        }

        @Override
        public double work(double cores, double seconds) {
            if (cores == 0) {
                return 0;
            }
            double full = Math.floor(seconds / periodS);
            double rest = Math.min(seconds - full * periodS, runs(cores));
            return speed(cores) * (full * runs(cores) + rest);
        }

        @Override
        public double secondsFor(double cores, double work) {
            if (cores == 0) {
                return Double.POSITIVE_INFINITY;
            }
            double running = work / speed(cores);
            double full = Math.max(0, Math.ceil(running / runs(cores) - WHOLE) - 1);
            return full * periodS + (running - full * runs(cores));
        }

        @Override
        public double throttled(double cores, double seconds) {
            if (cores == 0) {
                return 0;
            }
            double full = Math.floor(seconds / periodS);
            double rest = seconds - full * periodS;
            return full * (periodS - runs(cores)) + Math.max(0, rest - runs(cores));
        }
    }
}
