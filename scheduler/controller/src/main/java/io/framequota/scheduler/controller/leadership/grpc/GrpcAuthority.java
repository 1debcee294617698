package io.framequota.scheduler.controller.leadership.grpc;

import io.framequota.common.access.ControlToken;
import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.ChunkDeaths;
import io.framequota.contract.control.DecodeOrder;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.JobFailure;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.forecast.JobNote;
import io.framequota.scheduler.controller.leadership.Authority;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.controller.leadership.StartupSettings;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.framequota.scheduler.dispatch.DispatchCommand;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import jakarta.annotation.PreDestroy;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.inject.Inject;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** The authority at ingest-service over gRPC. Connects at the first call. */
@ApplicationScoped
public class GrpcAuthority implements Authority {
    private static final long DEADLINE_SECONDS = 5;
    /** The answer to a leader lists every open job and chunk. */
    private static final int LARGEST_ANSWER = 256 * 1024 * 1024;

    private final String address;
    /** This scheduler's URL for ingest-service, empty if ingest-service's settings state it. */
    private final String ownAddress;

    private final ManagedChannel channel;
    private final AtomicLong losses = new AtomicLong();

    @Inject
    GrpcAuthority(
            @ConfigProperty(name = "framequota.authority") String address,
            @ConfigProperty(name = "framequota.control-token") Optional<String> token,
            @ConfigProperty(name = "framequota.scheduler.host") Optional<String> host,
            @ConfigProperty(name = "quarkus.http.port") int port) {
        this.address = address;
        // A URL has an IPv6 address in brackets; pods may have one.
        this.ownAddress = host.map(h -> "http://" + (h.contains(":") ? "[" + h + "]" : h) + ":" + port)
                .orElse("");
        // Plain text: authority and scheduler share a trusted network, as with Kafka.
        this.channel = NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(LARGEST_ANSWER)
                .intercept(ControlToken.of(token.orElse("")).interceptor())
                // Keep idle connections: the end of a connection shows that the authority went away.
                .idleTimeout(30, TimeUnit.DAYS)
                .build();
        watch(channel.getState(false));
    }

    private void watch(ConnectivityState state) {
        channel.notifyWhenStateChanged(state, () -> {
            if (state == ConnectivityState.READY) {
                losses.incrementAndGet();
            }
            ConnectivityState next = channel.getState(false);
            if (next != ConnectivityState.SHUTDOWN) {
                watch(next);
            }
        });
    }

    @Override
    public RecoveredState lead(StartupSettings settings, long epoch) {
        LeadRequest request = LeadRequest.newBuilder()
                .setScheduler(settings.scheduler())
                .setStart(settings.start())
                .setPolicy(settings.policy())
                .setActuator(settings.actuator())
                .setEpoch(epoch)
                .setAddress(ownAddress)
                .build();
        return ProtoMapper.recovered(call(stub -> stub.lead(request)));
    }

    @Override
    public boolean storeSelection(long epoch, RecoveredState.Selection selection) {
        PolicyChoice choice = PolicyChoice.newBuilder()
                .setPolicy(selection.policy())
                .putAllParameters(selection.parameters())
                .setActuator(selection.actuator())
                .setEpoch(epoch)
                .build();
        return isNewest(stub -> stub.keepPolicy(choice));
    }

    @Override
    public void storeProfiles(long epoch, List<ModelProfile> profiles) {
        Lessons lessons = Lessons.newBuilder()
                .setEpoch(epoch)
                .addAllLearnt(profiles.stream().map(ProtoMapper::profile).toList())
                .build();
        publish(stub -> stub.keepLearnt(lessons));
    }

    @Override
    public void decodeNext(long epoch, List<String> jobs) {
        DecodeOrder order =
                DecodeOrder.newBuilder().setEpoch(epoch).addAllJobs(jobs).build();
        publish(stub -> stub.decodeNext(order));
    }

    @Override
    public void storeForecasts(long epoch, List<JobForecast> all, Set<String> first, List<JobNote> notes) {
        Forecasts forecasts = Forecasts.newBuilder()
                .setEpoch(epoch)
                .addAllForecasts(all.stream()
                        .map(f -> ProtoMapper.forecast(f, first.contains(f.job())))
                        .toList())
                .addAllNotes(notes.stream().map(ProtoMapper::note).toList())
                .build();
        publish(stub -> stub.keepForecasts(forecasts));
    }

    @Override
    public boolean failJob(long epoch, String job, String cause) {
        JobFailure failure = JobFailure.newBuilder()
                .setEpoch(epoch)
                .setJob(job)
                .setCause(cause)
                .build();
        return isNewest(stub -> stub.failJob(failure));
    }

    @Override
    public void keepDeaths(long epoch, DispatchCommand.KeepDeaths deaths) {
        ChunkDeaths request = ChunkDeaths.newBuilder()
                .setEpoch(epoch)
                .setJob(deaths.job())
                .setChunk(deaths.chunk())
                .setDeaths(deaths.deaths())
                .build();
        publish(stub -> stub.keepDeaths(request));
    }

    @Override
    public long connectionLosses() {
        return losses.get();
    }

    private <T> T call(Function<AuthorityGrpc.AuthorityBlockingStub, T> call) {
        try {
            return call.apply(stub());
        } catch (StatusRuntimeException e) {
            throw unavailable(e);
        }
    }

    /** Makes a call that only the newest leader may make; false if this leader is not the newest. */
    private boolean isNewest(Consumer<AuthorityGrpc.AuthorityBlockingStub> call) {
        try {
            call.accept(stub());
            return true;
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case FAILED_PRECONDITION -> false;
                // The job has ended already.
                case NOT_FOUND -> true;
                default -> throw unavailable(e);
            };
        }
    }

    /** Makes a call whose loss does no harm: a newer leader makes it, too, or the authority's release does not support it. */
    private void publish(Consumer<AuthorityGrpc.AuthorityBlockingStub> call) {
        try {
            call.accept(stub());
        } catch (StatusRuntimeException e) {
            switch (e.getStatus().getCode()) {
                case FAILED_PRECONDITION, UNIMPLEMENTED -> {}
                default -> throw unavailable(e);
            }
        }
    }

    private AuthorityGrpc.AuthorityBlockingStub stub() {
        // gRPC would back off longer and longer between attempts to connect; the caller decides when to try again.
        channel.resetConnectBackoff();
        return AuthorityGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private AuthorityException unavailable(StatusRuntimeException e) {
        Status status = e.getStatus();
        boolean refused = status.getCode() == Status.Code.UNAUTHENTICATED;
        String description = status.getDescription();
        return new AuthorityException(
                "the authority at " + address
                        + (refused ? " refused: " : " did not answer: ")
                        + status.getCode() + (description == null ? "" : ", " + description),
                refused,
                e);
    }

    @PreDestroy
    void close() {
        channel.shutdownNow();
    }
}
