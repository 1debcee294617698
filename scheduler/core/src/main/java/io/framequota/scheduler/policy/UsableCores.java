package io.framequota.scheduler.policy;

/**
 * The number of cores that a job keeps busy however many it is given, as measured on jobs of the same model. If a
 * source decodes more slowly than the workers compute, extra workers find no chunk to run: on k cores such a job runs
 * at the speed of min(k, {@code cores}).
 *
 * @param model the measured jobs' model; empty if nothing was measured
 * @param cores that such a job keeps busy, above 0; infinite if no limit was observed
 */
public record UsableCores(String model, double cores) {
    /** No limit was observed. */
    public static final UsableCores UNKNOWN = new UsableCores("", Double.POSITIVE_INFINITY);

    public UsableCores {
        if (!(cores > 0)) {
            throw new IllegalArgumentException("a job keeps more than 0 cores busy, not " + cores);
        }
    }

    /** Whether a limit was observed. */
    public boolean isLimited() {
        return cores < Double.POSITIVE_INFINITY;
    }
}
