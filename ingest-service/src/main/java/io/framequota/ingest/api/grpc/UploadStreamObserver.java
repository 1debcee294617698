package io.framequota.ingest.api.grpc;

import io.framequota.contract.v1.Job;
import io.framequota.contract.v1.SubmitRequest;
import io.framequota.contract.v1.UploadRequest;
import io.framequota.ingest.api.MinimumRateInputStream;
import io.framequota.ingest.config.Threads;
import io.framequota.ingest.failure.RejectedRequestException;
import io.framequota.ingest.job.service.JobService;
import io.framequota.ingest.job.service.JobService.Submission;
import io.framequota.ingest.live.LiveStatus;
import io.framequota.ingest.store.files.Uploads;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Receives one upload over gRPC. Each message is written to the disk before the next is requested. An upload that stalls or comes
 * too slowly is aborted and deleted.
 */
final class UploadStreamObserver implements StreamObserver<UploadRequest> {
    private final JobService jobs;
    private final String tenant;
    private final ServerCallStreamObserver<Job> out;
    private final Duration timeout;
    private @Nullable Submission submission;
    private Uploads.@Nullable Writer file;
    private boolean answered;
    private long lastMessage = System.nanoTime();
    private long windowStart = lastMessage;
    private long windowBytes;

    /**
     * @param tenant whose job the upload becomes
     * @param timeout how long a client may send nothing
     */
    UploadStreamObserver(JobService jobs, String tenant, ServerCallStreamObserver<Job> out, Duration timeout) {
        this.jobs = jobs;
        this.tenant = tenant;
        this.out = out;
        this.timeout = timeout;
        Threads.virtual("upload-timeout", this::awaitTimeout).start();
    }

    private void awaitTimeout() {
        try {
            while (!endedOrTimedOut()) {
                Thread.sleep(timeout.dividedBy(4));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private synchronized boolean endedOrTimedOut() {
        if (!answered && System.nanoTime() - lastMessage > timeout.toNanos()) {
            reject(RejectedRequestException.malformed(
                    "the client sent nothing of the upload for " + timeout.toSeconds() + " s; send it again"));
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
            checkRate(message.getSerializedSize());
            switch (message.getPartCase()) {
                case REQUEST -> begin(message.getRequest());
                case DATA -> {
                    if (file == null) {
                        throw RejectedRequestException.malformed("the first message must carry the request");
                    }
                    byte[] bytes = message.getData().toByteArray();
                    file.write(bytes, bytes.length);
                }
                case PART_NOT_SET -> throw RejectedRequestException.malformed("a message without a part");
            }
        } catch (RuntimeException | Error e) {
            reject(e);
        }
    }

    /** Keeps a client from holding the memory of its call for ever by small messages. */
    private void checkRate(int bytes) {
        windowBytes += bytes;
        if (lastMessage - windowStart <= timeout.toNanos()) {
            return;
        }
        if (windowBytes < MinimumRateInputStream.MIN_BYTES_PER_SECOND * timeout.toSeconds()) {
            throw RejectedRequestException.tooSlow("the upload comes too slowly: it must come with "
                    + MinimumRateInputStream.MIN_BYTES_PER_SECOND + " bytes a second; send it again");
        }
        windowBytes = 0;
        windowStart = lastMessage;
    }

    private void begin(SubmitRequest request) {
        if (file != null) {
            throw RejectedRequestException.malformed("only the first message may carry the request");
        }
        Submission s = JobsGrpcService.submission(request);
        submission = s;
        file = jobs.newUpload(tenant, s.source(), s.idempotencyKey()).open();
    }

    @Override
    public synchronized void onError(Throwable t) {
        answered = true;
        abort();
    }

    @Override
    public synchronized void onCompleted() {
        if (answered) {
            return;
        }
        Submission s = submission;
        Uploads.Writer f = file;
        if (s == null || f == null) {
            reject(RejectedRequestException.malformed("the upload ended without a request"));
            return;
        }
        try {
            Uploads.Target upload = f.finish();
            file = null;
            io.framequota.ingest.job.Job submitted = jobs.submit(tenant, s, upload);
            Job job = JobsGrpcService.message(submitted, submitted.warnings(), null, LiveStatus.NONE);
            answered = true;
            out.onNext(job);
            out.onCompleted();
        } catch (RuntimeException | Error e) {
            reject(e);
        }
    }

    private void reject(Throwable e) {
        answered = true;
        abort();
        out.onError(GrpcCalls.status(e).asRuntimeException());
    }

    private void abort() {
        if (file != null) {
            file.abort();
            file = null;
        }
    }
}
