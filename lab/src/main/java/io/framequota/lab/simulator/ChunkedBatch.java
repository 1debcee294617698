package io.framequota.lab.simulator;

import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.simulator.Arrival;
import io.framequota.scheduler.simulator.Workload;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Predicts a batch in chunks with a handover before each chunk. The next chunk goes to the core that is free first (list
 * scheduling, Graham 1966); the policy chooses its job.
 *
 * @param cores number of cores; each computes one chunk at a time
 * @param chunkS longest chunk in CPU seconds
 * @param handoverS seconds before each chunk
 */
record ChunkedBatch(int cores, double chunkS, double handoverS) {
    /** Mean response; empty if only the dispatcher can choose the next chunk. */
    OptionalDouble meanResponseS(ConfiguredPolicy policy, List<Arrival> batch) {
        Map<String, String> given = policy.parameters();
        return switch (policy.name()) {
            case "one-core-per-request" -> OptionalDouble.of(ClosedForm.oneCore(longer(batch), cores));
            case "one-request-at-a-time" ->
                given.keySet().stream().allMatch("spill"::equals)
                        ? OptionalDouble.of(inOrder(batch, !"false".equals(given.get("spill"))))
                        : OptionalDouble.empty();
            case "divide-and-conquer" -> given.isEmpty() ? OptionalDouble.of(inTurn(batch)) : OptionalDouble.empty();
            default -> OptionalDouble.empty();
        };
    }

    /** The workload with the handovers added to the sizes of its jobs. */
    Workload longer(Workload workload) {
        return workload.resized(this::longerS);
    }

    private double[] longer(List<Arrival> batch) {
        return batch.stream().mapToDouble(this::longerS).toArray();
    }

    private double longerS(Arrival job) {
        return job.sizeS() + job.chunks(chunkS) * handoverS;
    }

    /** Runs all chunks of a job, then those of the next job; without spill, the next job waits until the job has ended. */
    private double inOrder(List<Arrival> batch, boolean spill) {
        double[] free = new double[cores];
        double sum = 0;
        for (Arrival job : batch) {
            double endS = 0;
            int chunks = job.chunks(chunkS);
            for (int i = 0; i < chunks; i++) {
                endS = Math.max(endS, give(free, longerS(job) / chunks));
            }
            sum += endS;
            if (!spill) {
                Arrays.fill(free, endS);
            }
        }
        return sum / batch.size();
    }

    /** The next chunk is of the job that was given least. */
    private double inTurn(List<Arrival> batch) {
        double[] free = new double[cores];
        double[] givenS = new double[batch.size()];
        int[] left = batch.stream().mapToInt(j -> j.chunks(chunkS)).toArray();
        double[] endS = new double[batch.size()];
        for (int next = leastGiven(givenS, left); next >= 0; next = leastGiven(givenS, left)) {
            double lengthS = longerS(batch.get(next)) / batch.get(next).chunks(chunkS);
            endS[next] = Math.max(endS[next], give(free, lengthS));
            givenS[next] += lengthS;
            left[next]--;
        }
        return Arrays.stream(endS).average().orElse(0);
    }

    private static int leastGiven(double[] givenS, int[] left) {
        int least = -1;
        for (int i = 0; i < left.length; i++) {
            if (left[i] > 0 && (least < 0 || givenS[i] < givenS[least] - 1e-9)) {
                least = i;
            }
        }
        return least;
    }

    /** Adds work to the core that is free first. Returns when that work ends. */
    private static double give(double[] free, double seconds) {
        int first = 0;
        for (int i = 1; i < free.length; i++) {
            first = free[i] < free[first] ? i : first;
        }
        free[first] += seconds;
        return free[first];
    }
}
