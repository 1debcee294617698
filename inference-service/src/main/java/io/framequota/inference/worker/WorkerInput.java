package io.framequota.inference.worker;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.Grant;
import java.util.Optional;

/** An event that may change the state of a worker. */
public sealed interface WorkerInput {

    /** A command of the scheduler that leads in {@code epoch}. */
    sealed interface Order extends WorkerInput {
        long epoch();
    }

    record Granted(long epoch, Grant grant) implements Order {}

    record RevokeRequested(long epoch, GrantKey key) implements Order {}

    record JobDropped(long epoch, String job) implements Order {}

    /** A scheduler announced that it leads, or commanded another worker. */
    record Led(long epoch) implements Order {}

    /** News from the pipeline about a grant that it received in {@code epoch}. */
    sealed interface Progress extends WorkerInput {
        long epoch();

        GrantKey key();
    }

    /** The pipeline read the first frame; {@code atUs} is wall-clock time in microseconds since 1970. */
    record FirstFrame(long epoch, GrantKey key, long atUs) implements Progress {}

    /** All frames but a few are at the inference server, so the next grant may start. */
    record Draining(long epoch, GrantKey key) implements Progress {}

    record Done(long epoch, GrantKey key, int frames) implements Progress {}

    record Broken(long epoch, GrantKey key, String cause, boolean permanent) implements Progress {}

    /** The process was asked to stop. */
    record LeaveRequested() implements WorkerInput {}

    /** The time that a leaving worker may spend on started grants has passed. */
    record LeaveTimedOut() implements WorkerInput {}

    /** The input that a command means to this worker; empty for a command of an unknown kind. */
    static Optional<WorkerInput> of(Command command, String worker) {
        long epoch = command.getEpoch();
        boolean forThisWorker =
                command.getWorker().isEmpty() || command.getWorker().equals(worker);
        if (!forThisWorker) {
            return Optional.of(new Led(epoch));
        }
        return switch (command.getCommandCase()) {
            case GRANT -> Optional.of(new Granted(epoch, command.getGrant()));
            case REVOKE -> Optional.of(new RevokeRequested(epoch, GrantKey.of(command.getRevoke())));
            case DROP_JOB -> Optional.of(new JobDropped(epoch, command.getDropJob()));
            // Streams and shares are no part of this state: see StreamAssignments and ComputeGate.
            case LEAD, LIVE, LIVE_STOP, COMPUTE_SHARES -> Optional.of(new Led(epoch));
            case COMMAND_NOT_SET -> Optional.empty();
        };
    }
}
