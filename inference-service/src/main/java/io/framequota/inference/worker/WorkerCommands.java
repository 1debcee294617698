package io.framequota.inference.worker;

import io.framequota.contract.control.Command;
import java.util.Optional;

/** Reads commands as inputs of one worker. */
final class WorkerCommands {

    /** What a command says to a worker; empty when it is for another one or says nothing. */
    static Optional<WorkerInput> input(Command command, String worker) {
        long epoch = command.getEpoch();
        boolean ours = command.getWorker().isEmpty() || command.getWorker().equals(worker);
        if (!ours) {
            // A command for another worker still shows who leads.
            return Optional.of(new WorkerInput.Led(epoch));
        }
        return switch (command.getCommandCase()) {
            case GRANT -> Optional.of(new WorkerInput.Granted(epoch, command.getGrant()));
            case REVOKE -> Optional.of(new WorkerInput.RevokeAsked(epoch, GrantKey.of(command.getRevoke())));
            case DROP_JOB -> Optional.of(new WorkerInput.JobDropped(epoch, command.getDropJob()));
            case LEAD -> Optional.of(new WorkerInput.Led(epoch));
            case COMMAND_NOT_SET -> Optional.empty();
        };
    }

    private WorkerCommands() {}
}
