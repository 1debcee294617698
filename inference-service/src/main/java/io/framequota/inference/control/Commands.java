package io.framequota.inference.control;

import io.framequota.contract.control.Command;
import java.util.Optional;

/** Reads commands as inputs of one worker. */
final class Commands {

    /** What a command says to a worker; empty when it is for another one or says nothing. */
    static Optional<Input> input(Command command, String worker) {
        long epoch = command.getEpoch();
        boolean ours = command.getWorker().isEmpty() || command.getWorker().equals(worker);
        if (!ours) {
            // A command for another worker still shows who leads.
            return Optional.of(new Input.Led(epoch));
        }
        return switch (command.getCommandCase()) {
            case GRANT -> Optional.of(new Input.Granted(epoch, command.getGrant()));
            case REVOKE -> Optional.of(new Input.RevokeAsked(epoch, GrantKey.of(command.getRevoke())));
            case DROP_JOB -> Optional.of(new Input.JobDropped(epoch, command.getDropJob()));
            case LEAD -> Optional.of(new Input.Led(epoch));
            case COMMAND_NOT_SET -> Optional.empty();
        };
    }

    private Commands() {}
}
