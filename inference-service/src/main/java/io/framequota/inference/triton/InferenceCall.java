package io.framequota.inference.triton;

import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inference.model.ModelSpec;
import io.grpc.Status;
import io.grpc.stub.StreamObserver;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One picture at the server, sent as often as it takes. It is with the network thread while a request is out and with the
 * {@link ServerMonitor} thread after a failure, never with both.
 */
final class InferenceCall implements StreamObserver<ModelInferResponse> {
    private static final int RETRIES = 3;

    private final TritonClient client;
    private final RequestLimits limits;
    private final ModelSpec model;
    private final long[] shape;
    private final BiConsumer<InferenceCall, Status> whenFailed;
    private final Consumer<InferenceResult> whenDone;
    private final long begunAt = System.nanoTime();

    private SlotMemory memory;
    private ModelInferRequest request;

    private long sentAt = begunAt;
    private int retries;
    private int timesAway;
    private long awaySince;
    private @Nullable ModelInferResponse response;

    InferenceCall(
            TritonClient client,
            RequestLimits limits,
            ModelSpec model,
            SlotMemory memory,
            long[] shape,
            BiConsumer<InferenceCall, Status> whenFailed,
            Consumer<InferenceResult> whenDone) {
        this.client = client;
        this.limits = limits;
        this.model = model;
        this.memory = memory;
        this.shape = shape;
        this.request = InferMessages.request(model, memory, shape);
        this.whenFailed = whenFailed;
        this.whenDone = whenDone;
    }

    String model() {
        return model.name();
    }

    boolean shared() {
        return memory instanceof SlotMemory.Shared;
    }

    /** Whether its picture lies in memory that the server has no longer. */
    boolean lost() {
        return memory instanceof SlotMemory.Shared shared && shared.region().lost();
    }

    void send() {
        if (lost()) {
            // We still have it: it goes in the request, which nobody can take away.
            memory = new SlotMemory.Own(memory.input());
            request = InferMessages.request(model, memory, shape);
        }
        sentAt = System.nanoTime();
        limits.underWay.incrementAndGet();
        client.infer(request, this);
    }

    @Override
    public void onNext(ModelInferResponse value) {
        response = value;
    }

    @Override
    public void onError(Throwable failure) {
        limits.underWay.decrementAndGet();
        whenFailed.accept(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        int together = limits.underWay.getAndDecrement();
        ModelInferResponse answer = response;
        if (answer == null) {
            whenFailed.accept(this, Status.INTERNAL.withDescription("an empty answer"));
            return;
        }
        try {
            finish(answered(answer, together));
        } catch (IllegalArgumentException e) {
            whenFailed.accept(this, Status.INTERNAL.withDescription(e.getMessage()));
        }
    }

    private InferenceResult answered(ModelInferResponse answer, int together) {
        long now = System.nanoTime();
        long computeUs = InferMessages.number(answer, "framequota_compute_us");
        if (computeUs < 0) {
            computeUs = limits.estimateComputeUs((now - sentAt) / 1000, together);
        }
        long waitUs = Math.max(0, (now - begunAt) / 1000 - computeUs);
        return new InferenceResult.Answered(InferMessages.outputs(model, memory, answer), computeUs, waitUs);
    }

    /** Ends the call. */
    void finish(InferenceResult inference) {
        limits.requests.release();
        whenDone.accept(inference);
    }

    /** Counts a retry of the picture's own; false when there are none left. */
    boolean mayRetry() {
        return retries++ < RETRIES;
    }

    /** Notes that the server was away, and says when to try again. */
    long away(long now) {
        if (timesAway == 0) {
            awaySince = now;
        }
        long delayMs = Math.min(1000L, 50L << Math.min(timesAway, 5));
        timesAway++;
        return now + delayMs * 1_000_000;
    }

    /** How long the server has been away for this call, in nanoseconds. */
    long awayFor(long now) {
        return now - awaySince;
    }
}
