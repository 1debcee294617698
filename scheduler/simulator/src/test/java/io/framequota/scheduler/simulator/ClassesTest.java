package io.framequota.scheduler.simulator;

import static io.framequota.scheduler.simulator.Estimate.meanOf;
import static io.framequota.scheduler.simulator.Runs.policy;

import io.framequota.scheduler.dispatch.JobDescriptor;
import io.framequota.scheduler.policy.ConfiguredPolicy;
import io.framequota.scheduler.policy.Speedup;
import io.framequota.scheduler.simulator.PoissonLoad.JobClass;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Two classes of jobs with Poisson arrivals, compared with exact results. */
class ClassesTest {
    private static final int JOBS = 40_000;

    /** A deadline in thirty years, which makes a job wait for all jobs with a deadline now. */
    private static final Map<String, String> FIRST = Map.of("deadline", "1");

    private static final Map<String, String> LATER = Map.of("deadline", "1e9");

    /** First come, first served within a class; the second class is preempted and resumes. */
    private static final ConfiguredPolicy BY_CLASS = policy("edf", "admission", "false");

    /** An inelastic job uses one core, an elastic one every core. (Berg and others, SPAA 2020) */
    @ParameterizedTest
    @CsvSource({
        // cores; arrival and service rates of inelastic and elastic jobs; the first class; mean responses
        "4, 1,  1,  0.8, 0.5, inelastic, 1.0068, 1.6193, 1.2790",
        "4, 1,  1,  0.8, 0.5, elastic,   2.5596, 0.8333, 1.7924",
        "2, .6, 1,  0.3, 0.5, inelastic, 1.0989, 2.9951, 1.7310",
        "2, .6, 1,  0.3, 0.5, elastic,   2.7654, 1.4286, 2.3198",
        "2, .3, .5, 0.6, 1,   inelastic, 2.1978, 2.1470, 2.1639",
        "2, .3, .5, 0.6, 1,   elastic,   3.9881, 0.7143, 1.8056"
    })
    void elasticAndInelasticClassesMatchTheory(
            int cores,
            double inelasticRate,
            double inelasticService,
            double elasticRate,
            double elasticService,
            String first,
            double inelastic,
            double elastic,
            double all) {
        boolean inelasticFirst = first.equals("inelastic");
        PoissonLoad load = new PoissonLoad(List.of(
                new JobClass(inelasticRate, exponential(1 / inelasticService), 1, inelasticFirst ? FIRST : LATER),
                new JobClass(
                        elasticRate,
                        exponential(1 / elasticService),
                        JobDescriptor.UNLIMITED,
                        inelasticFirst ? LATER : FIRST)));

        List<Estimate> means = new Estimate.Queue(cores, Speedup.LINEAR, BY_CLASS, load, 60_000)
                .ofJobs(List.of(
                        meanOf(load, 0, JobOutcome::responseS),
                        meanOf(load, 1, JobOutcome::responseS),
                        SimulationResult::meanResponseS));

        means.get(0).isWithinOnePerCentOf(inelastic);
        means.get(1).isWithinOnePerCentOf(elastic);
        means.get(2).isWithinOnePerCentOf(all);
    }

    /** Preemptive-resume: E[T_k] = E[X_k]/(1-s_(k-1)) + sum_(i<=k) lam_i E[X_i^2] / (2 (1-s_(k-1)) (1-s_k)). */
    @ParameterizedTest
    @CsvSource({"0.4, 0.5, 0.2, 2, 40000", "0.2, 2, 0.8, 0.5, 140000"})
    void preemptingFirstClassIsNotAffectedByTheSecond(
            double rate1, double mean1, double rate2, double mean2, int jobs) {
        PoissonLoad load = new PoissonLoad(List.of(
                new JobClass(rate1, exponential(mean1), JobDescriptor.UNLIMITED, FIRST),
                new JobClass(rate2, exponential(mean2), JobDescriptor.UNLIMITED, LATER)));

        List<Estimate> means = new Estimate.Queue(1, Speedup.LINEAR, BY_CLASS, load, jobs)
                .ofJobs(List.of(meanOf(load, 0, JobOutcome::responseS), meanOf(load, 1, JobOutcome::responseS)));

        double s1 = rate1 * mean1;
        double s2 = s1 + rate2 * mean2;
        // Half of the second moment of an exponential size is the square of its mean.
        double found1 = rate1 * mean1 * mean1;
        double found2 = found1 + rate2 * mean2 * mean2;
        means.get(0).isWithinOnePerCentOf(mean1 + found1 / (1 - s1));
        means.get(1).isWithinOnePerCentOf(mean2 / (1 - s1) + found2 / ((1 - s1) * (1 - s2)));
    }

    /** Non-preemptive: E[W_k] = lam E[X^2] / (2 (1-s_(k-1)) (1-s_k)). Two sizes, smaller first, are two classes. */
    @ParameterizedTest
    @CsvSource({"0.4, 0.5, 0.2, 2", "0.8, 0.5, 0.2, 2"})
    void nonPreemptingFirstClassWaitsForBegunJobs(double rate1, double size1, double rate2, double size2) {
        PoissonLoad load = new PoissonLoad(List.of(
                new JobClass(rate1, new SizeDistribution.Constant(size1), JobDescriptor.UNLIMITED, Map.of()),
                new JobClass(rate2, new SizeDistribution.Constant(size2), JobDescriptor.UNLIMITED, Map.of())));
        ConfiguredPolicy smallerFirst = policy("srpt", "measure", "size", "preempt", "false");

        List<Estimate> waits = new Estimate.Queue(1, Speedup.LINEAR, smallerFirst, load, JOBS)
                .ofJobs(List.of(
                        meanOf(load, 0, j -> j.responseS() - size1), meanOf(load, 1, j -> j.responseS() - size2)));

        double s1 = rate1 * size1;
        double s2 = s1 + rate2 * size2;
        double found = load.rate() * load.meanSquare() / 2;
        waits.get(0).isWithinOnePerCentOf(found / (1 - s1));
        waits.get(1).isWithinOnePerCentOf(found / ((1 - s1) * (1 - s2)));
    }

    private static SizeDistribution exponential(double mean) {
        return new SizeDistribution.Exponential(mean);
    }
}
