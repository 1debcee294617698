package io.framequota.scheduler.enforce;

/** Whether this machine lets us limit processes: an answer, not an error, because there is always dispatch. */
public sealed interface Enforcement {
    /** It does. */
    record Available(CpuGroups groups) implements Enforcement {}

    /**
     * It does not.
     *
     * @param reason what stands in the way, in words that follow "because"
     */
    record Unavailable(String reason) implements Enforcement {
        /** One line for people: what happens instead, and why. */
        public String notice() {
            return "quotas and weights cannot be used here because " + reason
                    + "; chunks are dispatched in the policy's order instead";
        }
    }
}
