package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;
import io.framequota.contract.control.GrantRef;

/** The identity of a grant. */
public record GrantKey(String job, int chunk, int attempt) {
    public static GrantKey of(Grant grant) {
        return new GrantKey(grant.getChunk().getJob(), grant.getChunk().getIndex(), grant.getAttempt());
    }

    public static GrantKey of(GrantRef ref) {
        return new GrantKey(ref.getJob(), ref.getChunk(), ref.getAttempt());
    }

    /** The identity as messages carry it. */
    public GrantRef toRef() {
        return GrantRef.newBuilder()
                .setJob(job)
                .setChunk(chunk)
                .setAttempt(attempt)
                .build();
    }
}
