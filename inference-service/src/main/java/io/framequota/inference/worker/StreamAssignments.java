package io.framequota.inference.worker;

import io.framequota.contract.control.Command;
import io.framequota.contract.control.LiveGrant;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The streams that this worker is to infer, by job. A stream has one worker: a grant for another one ends it here. A new leader ends
 * none; it sends the grants again that it wants to keep, and they then belong to its epoch. Immutable.
 */
public record StreamAssignments(Map<String, Assignment> streams) {
    static final StreamAssignments NONE = new StreamAssignments(Map.of());

    /**
     * A stream of this worker.
     *
     * @param epoch of the newest leader that granted it
     */
    public record Assignment(long epoch, LiveGrant grant) {}

    public StreamAssignments {
        streams = Map.copyOf(streams);
    }

    /**
     * The assignments after a command.
     *
     * @param command of an epoch that is not below the highest one seen
     */
    StreamAssignments after(Command command, String worker) {
        boolean forThisWorker =
                command.getWorker().isEmpty() || command.getWorker().equals(worker);
        return switch (command.getCommandCase()) {
            case LIVE -> {
                LiveGrant grant = command.getLive();
                yield with(grant.getJob(), forThisWorker ? new Assignment(command.getEpoch(), grant) : null);
            }
            case LIVE_STOP -> forThisWorker ? with(command.getLiveStop(), null) : this;
            case DROP_JOB -> forThisWorker ? with(command.getDropJob(), null) : this;
            case GRANT, REVOKE, LEAD, COMPUTE_SHARES, COMMAND_NOT_SET -> this;
        };
    }

    private StreamAssignments with(String job, @Nullable Assignment assignment) {
        if (assignment == null && !streams.containsKey(job)) {
            return this;
        }
        Map<String, Assignment> next = new HashMap<>(streams);
        if (assignment == null) {
            next.remove(job);
        } else {
            next.put(job, assignment);
        }
        return new StreamAssignments(next);
    }
}
