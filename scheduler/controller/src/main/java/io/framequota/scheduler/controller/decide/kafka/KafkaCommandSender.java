package io.framequota.scheduler.controller.decide.kafka;

import io.framequota.scheduler.controller.decide.CommandSender;
import io.framequota.scheduler.controller.decide.ComputeTimeDivision;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.smallrye.reactive.messaging.MutinyEmitter;
import jakarta.enterprise.context.ApplicationScoped;
import org.eclipse.microprofile.reactive.messaging.Channel;
import org.eclipse.microprofile.reactive.messaging.OnOverflow;
import org.jboss.logging.Logger;

/** Sends commands to workers through the topic fq.grants. */
@ApplicationScoped
public class KafkaCommandSender implements CommandSender {
    private static final Logger LOG = Logger.getLogger(KafkaCommandSender.class);
    private static final int UNSENT = 10_000;

    private final MutinyEmitter<byte[]> emitter;

    KafkaCommandSender(
            @Channel("commands") @OnOverflow(value = OnOverflow.Strategy.BUFFER, bufferSize = UNSENT)
                    MutinyEmitter<byte[]> emitter) {
        this.emitter = emitter;
    }

    @Override
    public void announce(long epoch) {
        emit(message(epoch, "").setLead(true));
    }

    @Override
    public void send(long epoch, DispatchCommand command) {
        emit(
                switch (command) {
                    case DispatchCommand.Grant grant ->
                        message(epoch, grant.worker()).setGrant(ProtoMapper.grant(grant));
                    case DispatchCommand.Revoke revoke ->
                        message(epoch, revoke.worker()).setRevoke(ProtoMapper.grant(revoke.grant()));
                    case DispatchCommand.DropJob drop ->
                        message(epoch, drop.worker()).setDropJob(drop.job());
                    case DispatchCommand.GrantStream stream ->
                        message(epoch, stream.worker()).setLive(ProtoMapper.live(stream));
                    case DispatchCommand.StopStream stop ->
                        message(epoch, stop.worker()).setLiveStop(stop.job());
                    case DispatchCommand.KeepDeaths ignored ->
                        throw new IllegalArgumentException("KeepDeaths is not a command to workers");
                    case DispatchCommand.FailJob ignored ->
                        throw new IllegalArgumentException("FailJob is not a command to workers");
                });
    }

    @Override
    public void divide(long epoch, ComputeTimeDivision division) {
        emit(message(epoch, "").setComputeShares(ProtoMapper.shares(division)));
    }

    private static io.framequota.contract.control.Command.Builder message(long epoch, String worker) {
        return io.framequota.contract.control.Command.newBuilder()
                .setEpoch(epoch)
                .setWorker(worker);
    }

    private void emit(io.framequota.contract.control.Command.Builder command) {
        byte[] record = command.build().toByteArray();
        try {
            emitter.send(record).subscribe().with(done -> {}, KafkaCommandSender::unsent);
        } catch (IllegalStateException e) {
            // The buffer is full: the broker has been unreachable for a long time.
            unsent(e);
        }
    }

    private static void unsent(Throwable cause) {
        LOG.warnf("a command was not sent; the dispatcher will repeat it: %s", cause.getMessage());
    }
}
