package io.framequota.scheduler.policy;

/**
 * How many cores a job keeps busy, however many it is given, as measured on jobs of its model. A job whose source is decoded
 * slower than workers compute has no chunk for more of them: on k cores it is as fast as on min(k, {@code cores}).
 *
 * @param model whose jobs were measured, empty when none were
 * @param cores that such a job keeps busy, above 0; infinite when no end was seen
 */
public record UsableCores(String model, double cores) {
    /** Nothing was seen that a job could not use. */
    public static final UsableCores UNKNOWN = new UsableCores("", Double.POSITIVE_INFINITY);

    public UsableCores {
        if (!(cores > 0)) {
            throw new IllegalArgumentException("a job keeps more than 0 cores busy, not " + cores);
        }
    }

    /** Whether an end was seen. */
    public boolean isLimited() {
        return cores < Double.POSITIVE_INFINITY;
    }
}
