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
 * The request for one picture, sent again as often as allowed. While a request is out, the network thread uses it; after a
 * failure, the {@link ServerMonitor} thread does. They never use it at the same time.
 *
 * <p>Repeating is our own code, not a library's: calls are asynchronous, wait for a server that is away without holding a
 * thread, and count refusals of a picture and absences of the server separately.
 */
final class InferenceCall implements StreamObserver<ModelInferResponse> {
    private static final int RETRIES = 3;

    private final TritonClient client;
    private final RequestLimits limits;
    private final ModelSpec model;
    private final long[] shape;
    private final long priority;
    private final ComputeGate.Pass pass;
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
            long priority,
            ComputeGate.Pass pass,
            BiConsumer<InferenceCall, Status> whenFailed,
            Consumer<InferenceResult> whenDone) {
        this.client = client;
        this.limits = limits;
        this.model = model;
        this.memory = memory;
        this.shape = shape;
        this.priority = priority;
        this.request = InferMessages.request(model, memory, shape, priority);
        this.pass = pass;
        this.whenFailed = whenFailed;
        this.whenDone = whenDone;
    }

    String model() {
        return model.name();
    }

    boolean shared() {
        return memory instanceof SlotMemory.Shared;
    }

    /** Whether its picture is in shared memory that the server no longer has. */
    boolean lost() {
        return memory instanceof SlotMemory.Shared shared && shared.region().lost();
    }

    void send() {
        if (lost()) {
            // The worker still has the picture, so it sends the bytes in the request.
            memory = new SlotMemory.Own(memory.input());
            request = InferMessages.request(model, memory, shape, priority);
        }
        sentAt = System.nanoTime();
        limits.inFlight.incrementAndGet();
        client.infer(request, this);
    }

    @Override
    public void onNext(ModelInferResponse value) {
        response = value;
    }

    @Override
    public void onError(Throwable failure) {
        limits.inFlight.decrementAndGet();
        whenFailed.accept(this, Status.fromThrowable(failure));
    }

    @Override
    public void onCompleted() {
        int together = limits.inFlight.getAndDecrement();
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
        long computeUs = pass.answered(
                InferMessages.number(answer, "framequota_compute_us"),
                limits.estimateComputeUs((now - sentAt) / 1000, together),
                sentAt);
        long waitUs = Math.max(0, (now - begunAt) / 1000 - computeUs);
        return new InferenceResult.Answered(InferMessages.outputs(model, memory, answer), computeUs, waitUs);
    }

    /** Ends the call with its result. */
    void finish(InferenceResult inference) {
        pass.cancel();
        limits.requests.release();
        whenDone.accept(inference);
    }

    /** Counts a repetition after a refusal; false when none is left. */
    boolean mayRetry() {
        return retries++ < RETRIES;
    }

    /** Records that the server was away; returns the time of the next attempt. */
    long away(long now) {
        if (timesAway == 0) {
            awaySince = now;
        }
        long delayMs = Math.min(1000L, 50L << Math.min(timesAway, 5));
        timesAway++;
        return now + delayMs * 1_000_000;
    }

    /** Nanoseconds for which the server has been away for this call. */
    long awayFor(long now) {
        return now - awaySince;
    }
}
