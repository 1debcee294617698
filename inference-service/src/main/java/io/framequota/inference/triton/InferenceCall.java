package io.framequota.inference.triton;

import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inference.model.ModelSpec;
import io.grpc.Status;
import io.smallrye.faulttolerance.core.retry.BackOff;
import io.smallrye.faulttolerance.core.retry.ExponentialBackOff;
import io.smallrye.faulttolerance.core.retry.RandomJitter;
import java.lang.foreign.Arena;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The request for one picture, sent again as often as allowed. While a request is out, the network thread uses it; after a
 * failure, the {@link ServerMonitor} thread does. They never use it at the same time.
 *
 * <p>When it is sent again is decided here and in the monitor, not by a library: calls wait for a server that is away without holding a
 * thread, and refusals of a picture and absences of the server count separately. The delays are a library's.
 */
final class InferenceCall {
    private static final int RETRIES = 3;
    private static final long FIRST_DELAY_MS = 50;
    private static final long MOST_DELAY_MS = 1_000;
    private static final long JITTER_MS = 50;

    private final ServerCircuit circuit;
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
    private final BackOff backOff =
            new ExponentialBackOff(FIRST_DELAY_MS, 2, new RandomJitter(JITTER_MS), MOST_DELAY_MS);
    private boolean wasAway;
    private long awaySince;

    InferenceCall(
            ServerCircuit circuit,
            RequestLimits limits,
            ModelSpec model,
            SlotMemory memory,
            long[] shape,
            long priority,
            ComputeGate.Pass pass,
            BiConsumer<InferenceCall, Status> whenFailed,
            Consumer<InferenceResult> whenDone) {
        this.circuit = circuit;
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
        pass.resume();
        sentAt = System.nanoTime();
        limits.inFlight.incrementAndGet();
        circuit.send(request).whenComplete((answer, failure) -> {
            int together = limits.inFlight.getAndDecrement();
            if (failure != null) {
                failed(ServerErrors.statusOf(failure));
                return;
            }
            InferenceResult result;
            try {
                result = answered(answer, together);
            } catch (RuntimeException e) {
                // Whatever the answer is, the call goes on or ends.
                failed(Status.INTERNAL.withDescription(e.getMessage()));
                return;
            }
            finish(result);
        });
    }

    /** Gives its place at the server back, so that other requests are computed until it is decided whether and when this is sent again. */
    private void failed(Status status) {
        pass.release();
        whenFailed.accept(this, status);
    }

    /** A request like this one for a picture of nothing, which a healthy server answers. */
    ModelInferRequest blank() {
        SlotMemory nothing =
                new SlotMemory.Own(Arena.ofAuto().allocate(memory.input().byteSize(), Long.BYTES));
        return InferMessages.request(model, nothing, shape, priority);
    }

    /** {@link System#nanoTime} when it was last sent. */
    long sentAt() {
        return sentAt;
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
        limits.requests.release();
        whenDone.accept(inference);
    }

    /** Counts a repetition after a refusal; false when none is left. */
    boolean mayRetry() {
        return retries++ < RETRIES;
    }

    /** The server was away, or it is not known whose fault it was; returns the time of the next attempt. */
    long away(long now) {
        if (!wasAway) {
            wasAway = true;
            awaySince = now;
        }
        return now + backOff.getInMillis(null) * 1_000_000;
    }

    /** Nanoseconds for which the server has been away for this call. */
    long awayFor(long now) {
        return wasAway ? now - awaySince : 0;
    }
}
