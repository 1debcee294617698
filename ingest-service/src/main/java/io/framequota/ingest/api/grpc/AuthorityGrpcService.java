package io.framequota.ingest.api.grpc;

import io.framequota.contract.control.AuthorityGrpc;
import io.framequota.contract.control.ChunkDeaths;
import io.framequota.contract.control.DeathsKept;
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
import io.framequota.ingest.store.ChunkStore;
import io.framequota.ingest.store.LeadershipStore;
import io.framequota.ingest.store.StaleEpochException;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;

/** What the scheduler calls. Calls with a stale epoch fail with {@code FAILED_PRECONDITION} and change nothing. */
@GrpcService
final class AuthorityGrpcService extends AuthorityGrpc.AuthorityImplBase {
    private final LeadershipStore leadership;
    private final ChunkStore chunks;
    private final JobService jobs;
    private final LeaderAddress leader;
    private final DecodeQueue decoding;
    private final LatestForecasts forecasts;

    AuthorityGrpcService(
            LeadershipStore leadership,
            ChunkStore chunks,
            JobService jobs,
            LeaderAddress leader,
            DecodeQueue decoding,
            LatestForecasts forecasts) {
        this.leadership = leadership;
        this.chunks = chunks;
        this.jobs = jobs;
        this.leader = leader;
        this.decoding = decoding;
        this.forecasts = forecasts;
    }

    @Override
    @Blocking
    public void lead(LeadRequest request, StreamObserver<Leadership> out) {
        GrpcCalls.answer(out, () -> {
            Leadership granted = leadership.lead(request);
            leader.set(granted.getEpoch(), request.getAddress());
            return granted;
        });
    }

    @Override
    @Blocking
    public void keepPolicy(PolicyChoice request, StreamObserver<PolicyChoice> out) {
        GrpcCalls.answer(out, () -> {
            leadership.savePolicy(request);
            return request;
        });
    }

    @Override
    @Blocking
    public void keepLearnt(Lessons request, StreamObserver<LessonsKept> out) {
        GrpcCalls.answer(out, () -> {
            leadership.saveModelProfiles(request);
            return LessonsKept.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void decodeNext(DecodeOrder request, StreamObserver<DecodeOrderTaken> out) {
        GrpcCalls.answer(out, () -> {
            long current = leadership.epoch();
            if (request.getEpoch() != current) {
                throw new StaleEpochException(request.getEpoch(), current);
            }
            decoding.setOrder(request.getJobsList());
            return DecodeOrderTaken.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void keepForecasts(Forecasts request, StreamObserver<ForecastsKept> out) {
        GrpcCalls.answer(out, () -> {
            leadership.saveFirstForecasts(request);
            forecasts.replaceAll(request.getForecastsList(), request.getNotesList());
            return ForecastsKept.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void keepDeaths(ChunkDeaths request, StreamObserver<DeathsKept> out) {
        GrpcCalls.answer(out, () -> {
            chunks.keepDeaths(request.getEpoch(), request.getJob(), request.getChunk(), request.getDeaths());
            return DeathsKept.getDefaultInstance();
        });
    }

    @Override
    @Blocking
    public void failJob(JobFailure request, StreamObserver<JobFailed> out) {
        GrpcCalls.answer(out, () -> {
            Job job = jobs.fail(request.getEpoch(), request.getJob(), request.getCause())
                    .orElseThrow(() -> RejectedRequestException.jobNotFound(request.getJob()));
            return JobFailed.newBuilder()
                    .setState(JobState.valueOf(job.state().name()))
                    .build();
        });
    }
}
