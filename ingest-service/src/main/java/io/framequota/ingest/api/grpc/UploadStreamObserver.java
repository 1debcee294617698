package io.framequota.ingest.api.grpc;

import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.api.MinimumRateInputStream;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.store.files.Uploads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One upload over gRPC. Messages come one after another, each taken to the disk before the next is asked for. A client that sends
 * nothing for a while is given up, so that half an upload does not stay.
 */
final class UploadStreamObserver implements StreamObserver<UploadRequest> {
    private final JobService jobs;
    private final ServerCallStreamObserver<Job> out;
    private @Nullable Submission submission;
    private Uploads.@Nullable Writing file;
    private boolean answered;
    private long lastMessage = System.nanoTime();
    private long windowBegan = lastMessage;
    private long came;
    private final Duration patience;

    /** @param patience how long a client may send nothing */
    UploadStreamObserver(JobService jobs, ServerCallStreamObserver<Job> out, Duration patience) {
        this.jobs = jobs;
        this.out = out;
        this.patience = patience;
        Threads.virtual("upload-watch", this::watch).start();
    }

    private void watch() {
        try {
            while (!givenUp()) {
                Thread.sleep(patience.dividedBy(4));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** True once there is nothing more to watch. */
    private synchronized boolean givenUp() {
        if (!answered && System.nanoTime() - lastMessage > patience.toNanos()) {
            refuse(new RejectedRequestException(
                    RejectedRequestException.Kind.MALFORMED,
                    "nothing of the upload came for " + patience.toSeconds() + " s; send it again"));
        }
        return answered;
    }

    @Override
    public synchronized void onNext(UploadRequest message) {
        if (answered) {
            return;
        }
        lastMessage = System.nanoTime();
        try {
            pace(message.getSerializedSize());
            switch (message.getPartCase()) {
                case REQUEST -> begin(message.getRequest());
                case DATA -> {
                    if (file == null) {
                        throw new RejectedRequestException(
                                RejectedRequestException.Kind.MALFORMED, "the first message must carry the request");
                    }
                    byte[] bytes = message.getData().toByteArray();
                    file.write(bytes, bytes.length);
                }
                case PART_NOT_SET ->
                    throw new RejectedRequestException(
                            RejectedRequestException.Kind.MALFORMED, "a message without a part");
            }
        } catch (RuntimeException | Error e) {
            refuse(e);
        }
    }

    /** What a call reserves is not held for ever by small messages. */
    private void pace(int bytes) {
        came += bytes;
        if (lastMessage - windowBegan <= patience.toNanos()) {
            return;
        }
        if (came < MinimumRateInputStream.LEAST_BYTES_PER_SECOND * patience.toSeconds()) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.SLOW,
                    "the upload comes too slowly: it must come with " + MinimumRateInputStream.LEAST_BYTES_PER_SECOND
                            + " bytes a second; send it again");
        }
        came = 0;
        windowBegan = lastMessage;
    }

    private void begin(SubmitRequest request) {
        if (file != null) {
            throw new RejectedRequestException(
                    RejectedRequestException.Kind.MALFORMED, "only the first message may carry the request");
        }
        Submission s = JobsGrpcService.submission(request);
        submission = s;
        file = jobs.placeFor(s.source(), s.key()).open();
    }

    @Override
    public synchronized void onError(Throwable t) {
        answered = true;
        abandon();
    }

    @Override
    public synchronized void onCompleted() {
        if (answered) {
            return;
        }
        Submission s = submission;
        Uploads.Writing f = file;
        if (s == null || f == null) {
            refuse(new RejectedRequestException(
                    RejectedRequestException.Kind.MALFORMED, "the upload ended without a request"));
            return;
        }
        try {
            Uploads.Place place = f.finish();
            file = null;
            Job job = JobsGrpcService.message(jobs.submit(s, place), null);
            answered = true;
            out.onNext(job);
            out.onCompleted();
        } catch (RuntimeException | Error e) {
            refuse(e);
        }
    }

    private void refuse(Throwable e) {
        answered = true;
        abandon();
        out.onError(GrpcCalls.status(e).asRuntimeException());
    }

    private void abandon() {
        if (file != null) {
            file.abandon();
            file = null;
        }
    }
}
