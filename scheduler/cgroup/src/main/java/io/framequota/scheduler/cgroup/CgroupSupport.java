package io.framequota.scheduler.cgroup;

/** Whether this process may limit CPU time with control groups. If not, chunks are dispatched without limits. */
public sealed interface CgroupSupport {
    /** It may. */
    record Available(CgroupTree groups) implements CgroupSupport {}

    /**
     * It may not.
     *
     * @param reason the reason, worded to follow "because"
     */
    record Unavailable(String reason) implements CgroupSupport {
        /** One line for people: the reason, and what happens instead. */
        public String notice() {
            return "quotas and weights cannot be used here because " + reason
                    + "; chunks are dispatched in the policy's order instead";
        }
    }
}
