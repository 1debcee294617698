package io.framequota.scheduler.simulator;

import io.framequota.scheduler.policy.Speedup;

/** What a quota that was written at some time has given its job since: work done, time stood still, time to an end. */
sealed interface QuotaMeter {
    /** Work done in the first {@code seconds} after {@code cores} were written. */
    double work(double cores, double seconds);

    /** Seconds until so much work is done, after {@code cores} were written; infinite when it never is. */
    double secondsFor(double cores, double work);

    /** Seconds of those that the job stood still with its quota spent. */
    double throttled(double cores, double seconds);

    static QuotaMeter of(Scenario scenario) {
        return switch (scenario.quota()) {
            case FLUID -> new Fluid(scenario.speedup());
            case STAIRCASE -> new Staircase(scenario.speedup(), scenario.periodMs() / 1e3, scenario.core() / 1000);
        };
    }

    /** The speed of the share, always. */
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
     * Each period a job computes with as many threads as its share has cores of the experiment, rounded up, until the
     * quota is spent. It is as fast then as makes the speedup of its share over whole periods; with a loss-free speedup
     * that is one real core a thread. (formula: T = (ceil(C/b)-1) P + (C - (ceil(C/b)-1) b) / threads, b = quota)
     *
     * @param periodS length of a period
     * @param coreScale real cores of one core of the experiment
     */
    record Staircase(Speedup speedup, double periodS, double coreScale) implements QuotaMeter {
        /** A quota this close above whole cores is whole: it is a rounding error. */
        private static final double WHOLE = 1e-9;

        private double threads(double cores) {
            // A worker has a thread for each core of the experiment in its share, even where such a core is less than a
            // real one: then its quota is spent sooner, not by fewer threads.
            return Math.max(1, Math.ceil(cores * Math.max(1, coreScale) - WHOLE));
        }

        /** Seconds of a period in which the job computes. */
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
