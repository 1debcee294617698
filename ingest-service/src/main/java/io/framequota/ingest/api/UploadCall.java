package io.framequota.ingest.api;

import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.job.JobService;
import io.framequota.ingest.job.JobService.Submission;
import io.framequota.ingest.job.Refusal;
import io.framequota.ingest.job.Uploads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One upload over gRPC. Messages come one after another, each taken to the disk before the next is asked for. */
final class UploadCall implements StreamObserver<UploadRequest> {
    private final JobService jobs;
    private final ServerCallStreamObserver<Job> out;
    private @Nullable Submission submission;
    private Uploads.@Nullable Writing file;
    private boolean answered;

    UploadCall(JobService jobs, ServerCallStreamObserver<Job> out) {
        this.jobs = jobs;
        this.out = out;
    }

    @Override
    public void onNext(UploadRequest message) {
        if (answered) {
            return;
        }
        try {
            switch (message.getPartCase()) {
                case REQUEST -> begin(message.getRequest());
                case DATA -> {
                    if (file == null) {
                        throw new Refusal(Refusal.Kind.MALFORMED, "the first message must carry the request");
                    }
                    byte[] bytes = message.getData().toByteArray();
                    file.write(bytes, bytes.length);
                }
                case PART_NOT_SET -> throw new Refusal(Refusal.Kind.MALFORMED, "a message without a part");
            }
        } catch (RuntimeException e) {
            refuse(e);
        }
    }

    private void begin(SubmitRequest request) {
        if (file != null) {
            throw new Refusal(Refusal.Kind.MALFORMED, "only the first message may carry the request");
        }
        Submission s = JobsEndpoint.submission(request);
        Optional<io.framequota.ingest.job.Job> made = jobs.madeBy(s.key());
        if (made.isPresent()) {
            answered = true;
            out.onNext(JobsEndpoint.message(made.get()));
            out.onCompleted();
            return;
        }
        submission = s;
        file = jobs.placeFor(s.source()).open();
    }

    @Override
    public void onError(Throwable t) {
        abandon();
    }

    @Override
    public void onCompleted() {
        if (answered) {
            return;
        }
        Submission s = submission;
        Uploads.Writing f = file;
        if (s == null || f == null) {
            refuse(new Refusal(Refusal.Kind.MALFORMED, "the upload ended without a request"));
            return;
        }
        try {
            Uploads.Place place = f.finish();
            file = null;
            Job job = JobsEndpoint.message(jobs.submit(s, place));
            answered = true;
            out.onNext(job);
            out.onCompleted();
        } catch (RuntimeException e) {
            refuse(e);
        }
    }

    private void refuse(RuntimeException e) {
        answered = true;
        abandon();
        out.onError(Calls.status(e).asRuntimeException());
    }

    private void abandon() {
        if (file != null) {
            file.abandon();
            file = null;
        }
    }
}
