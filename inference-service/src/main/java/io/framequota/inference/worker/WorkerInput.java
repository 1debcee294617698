package io.framequota.inference.worker;

import io.framequota.contract.control.Grant;

/** What can happen to a worker. */
public sealed interface WorkerInput {

    /** Said by a scheduler. */
    sealed interface Order extends WorkerInput {
        long epoch();
    }

    record Granted(long epoch, Grant grant) implements Order {}

    record RevokeAsked(long epoch, GrantKey key) implements Order {}

    record JobDropped(long epoch, String job) implements Order {}

    record Led(long epoch) implements Order {}

    /** Said by the pipeline of a grant it was given in an epoch. */
    sealed interface Progress extends WorkerInput {
        long epoch();

        GrantKey key();
    }

    record FirstFrame(long epoch, GrantKey key, long atUs) implements Progress {}

    /** All its frames but a few are at the server: the next grant may begin. */
    record Draining(long epoch, GrantKey key) implements Progress {}

    record Done(long epoch, GrantKey key, int frames) implements Progress {}

    record Broken(long epoch, GrantKey key, String cause, boolean permanent) implements Progress {}

    /** The worker is asked to stop. */
    record LeaveAsked() implements WorkerInput {}

    /** There is no more time to finish what has begun. */
    record TimeIsUp() implements WorkerInput {}
}
