package io.framequota.ingest.api.grpc;

import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.DecodeOrder;
import io.framequota.contract.control.DecodeOrderTaken;
import io.framequota.contract.control.Forecasts;
import io.framequota.contract.control.ForecastsKept;
import io.framequota.contract.control.JobFailed;
import io.framequota.contract.control.JobFailure;
import io.framequota.contract.control.JobState;
import io.framequota.contract.control.LeadRequest;
import io.framequota.contract.control.Leadership;
import io.framequota.contract.control.Lessons;
import io.framequota.contract.control.LessonsKept;
import io.framequota.contract.control.PolicyChoice;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.Job;
import io.framequota.ingest.job.queue.DecodeQueue;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.report.LatestForecasts;
import io.framequota.ingest.report.LeaderAddress;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.StaleEpochException;
import io.framequota.ingest.store.StoreException;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;
import java.util.Optional;
import java.util.function.Supplier;

/** The scheduler's door. */
@GrpcService
final class AuthorityGrpcService extends AuthorityGrpc.AuthorityImplBase {
    private final LeadershipStore leadership;
    private final JobService jobs;
    private final LeaderAddress leader;
    private final DecodeQueue decoding;
    private final LatestForecasts forecasts;

    AuthorityGrpcService(
            LeadershipStore leadership,
            JobService jobs,
            LeaderAddress leader,
            DecodeQueue decoding,
            LatestForecasts forecasts) {
        this.forecasts = forecasts;
        this.leadership = leadership;
        this.jobs = jobs;
        this.leader = leader;
        this.decoding = decoding;
    }

    @Override
    @Blocking
    public void lead(LeadRequest request, StreamObserver<Leadership> out) {
        answer(out, () -> {
            Leadership given = leadership.lead(request);
            leader.told(given.getEpoch(), request.getAddress());
            return given;
        });
    }

    @Override
    @Blocking
    public void keepPolicy(PolicyChoice request, StreamObserver<PolicyChoice> out) {
        answer(out, () -> {
            long current = leadership.keep(request);
            if (request.getEpoch() != current) {
                throw over(request.getEpoch(), current);
            }
            return request;
        });
    }

    @Override
    @Blocking
    public void keepLearnt(Lessons request, StreamObserver<LessonsKept> out) {
        answer(out, () -> {
            long current = leadership.keep(request);
            if (request.getEpoch() != current) {
                throw over(request.getEpoch(), current);
            }
            return LessonsKept.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void decodeNext(DecodeOrder request, StreamObserver<DecodeOrderTaken> out) {
        answer(out, () -> {
            long current = leadership.epoch();
            if (request.getEpoch() != current) {
                throw over(request.getEpoch(), current);
            }
            decoding.next(request.getJobsList());
            return DecodeOrderTaken.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void keepForecasts(Forecasts request, StreamObserver<ForecastsKept> out) {
        answer(out, () -> {
            try {
                leadership.keep(request);
            } catch (StaleEpochException e) {
                throw over(request.getEpoch(), e.current());
            }
            forecasts.show(request.getForecastsList());
            return ForecastsKept.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void failJob(JobFailure request, StreamObserver<JobFailed> out) {
        answer(out, () -> {
            Optional<Job> job;
            try {
                job = jobs.fail(request.getEpoch(), request.getJob(), request.getCause());
            } catch (StaleEpochException e) {
                throw over(request.getEpoch(), e.current());
            }
            JobState state = job.map(j -> JobState.valueOf(j.state().name()))
                    .orElseThrow(() -> Status.NOT_FOUND
                            .withDescription("there is no job " + request.getJob())
                            .asRuntimeException());
            return JobFailed.newBuilder().setState(state).build();
        });
    }

    private static StatusRuntimeException over(long epoch, long current) {
        return Status.FAILED_PRECONDITION
                .withDescription("epoch " + epoch + " is over, the current one is " + current)
                .asRuntimeException();
    }

    private static <T> void answer(StreamObserver<T> out, Supplier<T> answer) {
        T value;
        try {
            value = answer.get();
        } catch (StatusRuntimeException e) {
            out.onError(e);
            return;
        } catch (StoreException e) {
            out.onError(Status.UNAVAILABLE
                    .withDescription("the database does not answer as it should")
                    .asRuntimeException());
            return;
        } catch (RejectedRequestException e) {
            out.onError(Status.INVALID_ARGUMENT.withDescription(e.getMessage()).asRuntimeException());
            return;
        }
        out.onNext(value);
        out.onCompleted();
    }
}
