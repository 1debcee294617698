package io.framequota.scheduler.controller.leadership.grpc;

import io.framequota.common.access.ControlToken;
import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.DecodeOrder;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.JobFailure;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.scheduler.controller.decide.RecoveredState;
import io.framequota.scheduler.controller.forecast.JobForecast;
import io.framequota.scheduler.controller.leadership.Authority;
import io.framequota.scheduler.controller.leadership.AuthorityException;
import io.framequota.scheduler.controller.leadership.StartupSettings;
import io.framequota.scheduler.controller.proto.ProtoMapper;
import io.framequota.scheduler.dispatch.ModelProfile;
import io.framequota.scheduler.simulator.ForecastOutcome;
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
import java.util.function.Supplier;
import org.eclipse.microprofile.config.inject.ConfigProperty;

/** Calls ingest-service's {@code Authority}. Connects with the first call. */
@ApplicationScoped
public class GrpcAuthority implements Authority {
    private static final long DEADLINE_SECONDS = 5;
    /** A leader's answer lists every open job and chunk. */
    private static final int LARGEST_ANSWER = 256 * 1024 * 1024;

    private final String address;
    /** Where ingest-service finds this scheduler while it leads, empty where its settings say it. */
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
        // An IPv6 address, as pods may have, stands in brackets in a URL.
        this.ownAddress = host.map(h -> "http://" + (h.contains(":") ? "[" + h + "]" : h) + ":" + port)
                .orElse("");
        // Plain text: authority and scheduler share a trusted network, as they do with Kafka.
        this.channel = NettyChannelBuilder.forTarget(address)
                .usePlaintext()
                .maxInboundMessageSize(LARGEST_ANSWER)
                .intercept(ControlToken.of(token.orElse("")).shown())
                // An idle connection is kept: its end tells that the authority went away.
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
    public RecoveredState lead(StartupSettings configured, long epoch) {
        LeadRequest request = LeadRequest.newBuilder()
                .setScheduler(configured.scheduler())
                .setStart(configured.start())
                .setPolicy(configured.policy())
                .setActuator(configured.actuator())
                .setEpoch(epoch)
                .setAddress(ownAddress)
                .build();
        io.framequota.contract.control.Leadership answer = call(() -> stub().lead(request));
        return new RecoveredState(
                answer.getEpoch(),
                answer.getJobsList().stream().map(ProtoMapper::job).toList(),
                answer.getLastArrival(),
                answer.hasPolicy() ? kept(answer.getPolicy()) : null,
                answer.getLearntList().stream().map(ProtoMapper::learnt).toList(),
                answer.getOutcomesList().stream()
                        .map(o -> new ForecastOutcome(o.getPolicy(), o.getForecastS(), o.getResponseS()))
                        .toList());
    }

    private static RecoveredState.Kept kept(PolicyChoice choice) {
        return new RecoveredState.Kept(choice.getPolicy(), choice.getParametersMap(), choice.getActuator());
    }

    @Override
    public boolean keepPolicy(long epoch, RecoveredState.Kept kept) {
        PolicyChoice choice = PolicyChoice.newBuilder()
                .setPolicy(kept.policy())
                .putAllParameters(kept.parameters())
                .setActuator(kept.actuator())
                .setEpoch(epoch)
                .build();
        try {
            stub().keepPolicy(choice);
            return true;
        } catch (StatusRuntimeException e) {
            if (e.getStatus().getCode() == Status.Code.FAILED_PRECONDITION) {
                return false;
            }
            throw unavailable(e);
        }
    }

    @Override
    public void keepLearnt(long epoch, List<ModelProfile> learnt) {
        Lessons lessons = Lessons.newBuilder()
                .setEpoch(epoch)
                .addAllLearnt(learnt.stream().map(ProtoMapper::learnt).toList())
                .build();
        try {
            stub().keepLearnt(lessons);
        } catch (StatusRuntimeException e) {
            switch (e.getStatus().getCode()) {
                // Another leads, and learns; or the authority is of a release that keeps nothing.
                case FAILED_PRECONDITION, UNIMPLEMENTED -> {}
                default -> throw unavailable(e);
            }
        }
    }

    @Override
    public void decodeNext(long epoch, List<String> jobs) {
        DecodeOrder order =
                DecodeOrder.newBuilder().setEpoch(epoch).addAllJobs(jobs).build();
        try {
            stub().decodeNext(order);
        } catch (StatusRuntimeException e) {
            switch (e.getStatus().getCode()) {
                // Another leads, and says so; or the authority is of a release that decodes by arrival.
                case FAILED_PRECONDITION, UNIMPLEMENTED -> {}
                default -> throw unavailable(e);
            }
        }
    }

    @Override
    public void keepForecasts(long epoch, List<JobForecast> all, Set<String> first) {
        Forecasts forecasts = Forecasts.newBuilder()
                .setEpoch(epoch)
                .addAllForecasts(all.stream()
                        .map(f -> ProtoMapper.forecast(f, first.contains(f.job())))
                        .toList())
                .build();
        try {
            stub().keepForecasts(forecasts);
        } catch (StatusRuntimeException e) {
            switch (e.getStatus().getCode()) {
                // Another leads, and forecasts; or the authority is of a release that keeps none.
                case FAILED_PRECONDITION, UNIMPLEMENTED -> {}
                default -> throw unavailable(e);
            }
        }
    }

    @Override
    public boolean failJob(long epoch, String job, String cause) {
        JobFailure failure = JobFailure.newBuilder()
                .setEpoch(epoch)
                .setJob(job)
                .setCause(cause)
                .build();
        try {
            stub().failJob(failure);
            return true;
        } catch (StatusRuntimeException e) {
            return switch (e.getStatus().getCode()) {
                case FAILED_PRECONDITION -> false;
                // It is gone already: what was wanted.
                case NOT_FOUND -> true;
                default -> throw unavailable(e);
            };
        }
    }

    @Override
    public long connectionLosses() {
        return losses.get();
    }

    private AuthorityGrpc.AuthorityBlockingStub stub() {
        // gRPC would wait longer and longer between attempts to connect; whoever calls decides that here.
        channel.resetConnectBackoff();
        return AuthorityGrpc.newBlockingStub(channel).withDeadlineAfter(DEADLINE_SECONDS, TimeUnit.SECONDS);
    }

    private <T> T call(Supplier<T> call) {
        try {
            return call.get();
        } catch (StatusRuntimeException e) {
            throw unavailable(e);
        }
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
