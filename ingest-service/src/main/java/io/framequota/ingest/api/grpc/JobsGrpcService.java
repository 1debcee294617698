package io.framequota.ingest.api.grpc;

import com.google.protobuf.ByteString;
import io.framequota.analysis.zone.Zone;
import io.framequota.contract.control.Forecast;
import io.framequota.contract.frame.Projection;
import io.framequota.contract.v1.DetectionsPart;
import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.JobRef;
import io.framequota.contract.v1.JobsGrpc;
import io.framequota.contract.v1.ListRequest;
import io.framequota.contract.v1.ListResponse;
import io.framequota.contract.v1.LiveLine;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.api.JobViewer;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.JobState;
import io.framequota.ingest.job.Tracking;
import io.framequota.ingest.job.TransportChoice;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.job.service.JobService.LiveOptions;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.live.LiveFeed;
import io.framequota.ingest.live.LiveStatus;
import io.framequota.ingest.live.LiveWatcher;
import io.framequota.ingest.results.ResultFormat;
import io.framequota.ingest.results.ResultWriter;
import io.framequota.ingest.store.JobStore;
import io.framequota.media.decode.VideoDecoder;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.quarkus.grpc.GrpcService;
import io.smallrye.common.annotation.Blocking;
import io.smallrye.common.annotation.RunOnVirtualThread;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import org.eclipse.microprofile.config.inject.ConfigProperty;
import org.jspecify.annotations.Nullable;

/** Jobs over gRPC. Offers the same as {@link io.framequota.ingest.api.JobsResource}. */
@GrpcService
final class JobsGrpcService extends JobsGrpc.JobsImplBase {
    private static final int PART_BYTES = 256 * 1024;

    private final JobService jobs;
    private final JobViewer viewer;
    private final ResultWriter results;
    private final LiveWatcher lines;
    /** The same as for uploads over REST. */
    private final Duration uploadTimeout;

    JobsGrpcService(
            JobService jobs,
            JobViewer viewer,
            ResultWriter results,
            LiveWatcher lines,
            @ConfigProperty(name = "quarkus.http.read-timeout", defaultValue = "60S") Duration uploadTimeout) {
        this.jobs = jobs;
        this.viewer = viewer;
        this.results = results;
        this.lines = lines;
        this.uploadTimeout = uploadTimeout;
    }

    static Submission submission(SubmitRequest r) {
        if (!r.getSource().isEmpty() && !r.getAgain().isEmpty()) {
            throw RejectedRequestException.malformed("both source and again; one job has one source");
        }
        if (r.hasStream() && r.getStream() < 0) {
            throw RejectedRequestException.unprocessable(
                    "stream is " + r.getStream() + "; it must be 0 or more, or left out");
        }
        return new Submission(
                r.getSource(),
                r.getModel(),
                // proto3 cannot tell 0 from absent
                r.getEvery() == 0 ? 1 : r.getEvery(),
                r.getLabelsMap(),
                r.getIdempotencyKey().isEmpty() ? null : r.getIdempotencyKey(),
                r.hasStream() ? r.getStream() : VideoDecoder.ANY_STREAM,
                r.getTransport().isEmpty() ? TransportChoice.AUTO.label() : r.getTransport(),
                r.getProjection(),
                Tracking.of(r.getTrack(), r.getZonesList()),
                live(r));
    }

    private static @Nullable LiveOptions live(SubmitRequest r) {
        if (!r.getLive() && (r.getHls() || !r.getPublish().isEmpty())) {
            throw RejectedRequestException.malformed("publish and hls are for live jobs; set live, or leave them out");
        }
        return r.getLive() ? new LiveOptions(r.getPublish(), r.getHls()) : null;
    }

    /** The id of the job that a request names, if its caller sees that job. */
    private String visible(JobRef request) {
        jobs.checkVisible(AccessInterceptor.caller(), request.getId());
        return request.getId();
    }

    private Job message(io.framequota.ingest.job.Job job) {
        return message(job, viewer.warnings(job), viewer.forecast(job), viewer.live(job));
    }

    /**
     * @param warnings the job's, and what is wrong with its files
     * @param latest the job's latest forecast, null when there is none
     * @param live a live job at this moment
     */
    static Job message(
            io.framequota.ingest.job.Job job, List<String> warnings, @Nullable Forecast latest, LiveStatus live) {
        var first = job.forecast();
        Double response = job.responseSeconds();
        return Job.newBuilder()
                .setPosition(latest == null ? 0 : latest.getPosition())
                .setForecastS(first == null ? 0 : first.forecastS())
                .setForecastP10S(first == null ? 0 : first.p10S())
                .setForecastP90S(first == null ? 0 : first.p90S())
                .setForecastLatestS(latest == null ? 0 : latest.getForecastS())
                .setResponseS(response == null ? 0 : response)
                .setId(job.id())
                .setSource(job.spec().source())
                .setModel(job.spec().model().getName())
                .setState(job.state().name())
                .setSubmittedAtMs(job.submittedAt().toEpochMilli())
                .setEndedAtMs(job.state() instanceof JobState.Ended e ? e.at().toEpochMilli() : 0)
                .setExpectedFrames(job.progress().expectedFrames())
                .setFrames(job.progress().frames())
                .setDetections(job.progress().detections())
                .setChunks(job.progress().chunks())
                .addAllWarnings(warnings)
                .addAllWarnings(live.warnings())
                .setError(job.state() instanceof JobState.Failed f ? f.cause() : "")
                .putAllLabels(job.spec().labels())
                .setFrameTransport(job.progress().frameTransport())
                .setFrameTransportReason(job.progress().frameTransportReason())
                .setProjection(job.projection().map(Projection::label).orElse(""))
                .setTrack(job.spec().tracking().isPresent())
                .addAllZones(job.spec().tracking().stream()
                        .flatMap(t -> t.zones().stream().map(Zone::text))
                        .toList())
                .setLive(job.live())
                .setWaitingFor(live.waitingFor())
                .setLatencyP50Ms(live.p50Ms())
                .setLatencyP95Ms(live.p95Ms())
                .setAnnotatedLatencyP50Ms(live.annotatedP50Ms())
                .setAnnotatedLatencyP95Ms(live.annotatedP95Ms())
                .putAllGaps(live.allGaps(job))
                .build();
    }

    @Override
    @Blocking
    public void submit(SubmitRequest request, StreamObserver<Job> out) {
        GrpcCalls.answer(
                out,
                () -> message(
                        request.getAgain().isEmpty()
                                ? jobs.submit(AccessInterceptor.caller().tenant(), submission(request))
                                : jobs.submitAgain(
                                        AccessInterceptor.caller(), submission(request), request.getAgain())));
    }

    @Override
    @Blocking
    public StreamObserver<UploadRequest> upload(StreamObserver<Job> out) {
        return new UploadStreamObserver(
                jobs, AccessInterceptor.caller().tenant(), (ServerCallStreamObserver<Job>) out, uploadTimeout);
    }

    @Override
    @Blocking
    public void get(JobRef request, StreamObserver<Job> out) {
        GrpcCalls.answer(out, () -> message(jobs.get(visible(request))));
    }

    @Override
    @Blocking
    public void list(ListRequest request, StreamObserver<ListResponse> out) {
        GrpcCalls.answer(out, () -> {
            JobStore.Page page = jobs.list(AccessInterceptor.caller(), request.getState(), request.getBefore(), null);
            return ListResponse.newBuilder()
                    .addAllJobs(page.jobs().stream().map(this::message).toList())
                    .setNextBefore(page.more() ? page.jobs().getLast().id() : "")
                    .build();
        });
    }

    @Override
    @Blocking
    public void cancel(JobRef request, StreamObserver<Job> out) {
        GrpcCalls.answer(out, () -> message(jobs.cancel(visible(request))));
    }

    @Override
    @Blocking
    public void redrive(JobRef request, StreamObserver<Job> out) {
        GrpcCalls.answer(out, () -> message(jobs.redrive(visible(request))));
    }

    @Override
    @RunOnVirtualThread
    public void watch(JobRef request, StreamObserver<Job> out) {
        GrpcCalls.stream(
                out,
                sink -> viewer.watch(visible(request), new JobViewer.Watcher() {
                    @Override
                    public void onJob(io.framequota.ingest.job.Job job) throws IOException {
                        sink.send(message(job));
                    }

                    @Override
                    public void onIdle() throws IOException {
                        sink.checkConnected();
                    }
                }));
    }

    @Override
    @RunOnVirtualThread
    public void detections(JobRef request, StreamObserver<DetectionsPart> out) {
        GrpcCalls.stream(out, sink -> {
            String id = visible(request);
            results.check(id, ResultFormat.GZIP);
            try (BufferedOutputStream bytes = new BufferedOutputStream(new PartOutputStream(sink), PART_BYTES)) {
                results.write(id, ResultFormat.GZIP, true, results.trackingOf(id), bytes);
            }
        });
    }

    @Override
    @RunOnVirtualThread
    public void liveDetections(JobRef request, StreamObserver<LiveLine> out) {
        GrpcCalls.stream(out, sink -> {
            String id = jobs.get(visible(request)).id();
            lines.check(id);
            lines.watch(id, new LiveWatcher.Client() {
                @Override
                public void onLines(List<LiveFeed.Line> all) throws IOException {
                    for (LiveFeed.Line line : all) {
                        sink.send(LiveLine.newBuilder()
                                .setLine(ByteString.copyFromUtf8(line.text()))
                                .setMissed(line.missed())
                                .build());
                    }
                }

                @Override
                public void onIdle() throws IOException {
                    sink.checkConnected();
                }
            });
        });
    }

    /** Sends each write as one message. */
    private static final class PartOutputStream extends OutputStream {
        private final GrpcCalls.Sink<DetectionsPart> sink;

        PartOutputStream(GrpcCalls.Sink<DetectionsPart> sink) {
            this.sink = sink;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            sink.send(DetectionsPart.newBuilder()
                    .setMember(ByteString.copyFrom(bytes, offset, length))
                    .build());
        }
    }
}
