package io.framequota.scheduler.cgroup;

/** Whether this machine lets us limit processes: an answer, not an error, because there is always dispatch. */
public sealed interface CgroupSupport {
    /** It does. */
    record Available(CpuGroups groups) implements CgroupSupport {}

    /**
     * It does not.
     *
     * @param reason what stands in the way, in words that follow "because"
     */
    record Unavailable(String reason) implements CgroupSupport {
        /** One line for people: what happens instead, and why. */
        public String notice() {
            return "quotas and weights cannot be used here because " + reason
                    + "; chunks are dispatched in the policy's order instead";
        }
    }
}
