package io.framequota.scheduler.controller.kafka;

import io.framequota.scheduler.controller.CommandSender;
import io.framequota.scheduler.controller.Wire;
import io.framequota.scheduler.dispatch.Command;
import io.smallrye.reactive.messaging.MutinyEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/** Writes fq.grants. */
@ApplicationScoped
public class KafkaCommands implements CommandSender {
    private static final Logger LOG = Logger.getLogger(KafkaCommands.class);
    private static final int UNSENT = 10_000;

    private final MutinyEmitter<byte[]> emitter;

    KafkaCommands(
            @Channel("commands") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = UNSENT)
                    MutinyEmitter<byte[]> emitter) {
        this.emitter = emitter;
    }

    @Override
    public void announce(long epoch) {
        emit(message(epoch, "").setLead(true));
    }

    @Override
    public void send(long epoch, Command command) {
        emit(
                switch (command) {
                    case Command.Grant grant -> message(epoch, grant.worker()).setGrant(Wire.grant(grant));
                    case Command.Revoke revoke ->
                        message(epoch, revoke.worker()).setRevoke(Wire.grant(revoke.grant()));
                    case Command.DropJob drop -> message(epoch, drop.worker()).setDropJob(drop.job());
                    case Command.FailJob ignored -> throw new IllegalArgumentException("no worker ends jobs");
                });
    }

    private static io.framequota.contract.control.Command.Builder message(long epoch, String worker) {
        return io.framequota.contract.control.Command.newBuilder()
                .setEpoch(epoch)
                .setWorker(worker);
    }

    private void emit(io.framequota.contract.control.Command.Builder command) {
        byte[] record = command.build().toByteArray();
        try {
            emitter.send(record).subscribe().with(done -> {}, KafkaCommands::unsent);
        } catch (IllegalStateException e) {
            // The buffer is full: the broker has been away for long.
            unsent(e);
        }
    }

    private static void unsent(Throwable cause) {
        LOG.warnf("a command was not sent, it will be again: %s", cause.getMessage());
    }
}
