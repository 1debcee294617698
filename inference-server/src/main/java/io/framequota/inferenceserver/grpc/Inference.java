package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shape;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.Request;
import io.framequota.inferenceserver.execution.Staging;
import io.framequota.inferenceserver.execution.Timing;
import io.framequota.inferenceserver.memory.Lease;
import io.framequota.inferenceserver.refusal.Refusal;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ModelInfer call that passed all checks and waits for its model, with the shared memory it borrowed. */
final class Inference implements Request {
    /** An input as it was sent. */
    record Input(TensorSpec spec, List<Long> shape, Payload payload) {}

    /** An output that is asked for, with the shared memory it goes to. */
    record Output(TensorSpec spec, @Nullable Lease lease) {
        /** Where its size is known, its place is laid out before the model runs, so that it is computed right there. */
        OutputRequest request(Staging staging) {
            long bytes = Shape.closed(spec.shape()) ? Shape.elements(spec.shape()) * ElementTypes.size(spec.type()) : 0;
            boolean laidOut = lease != null && bytes > 0 && bytes <= lease.byteSize();
            return new OutputRequest(spec.name(), laidOut ? staging.take((int) bytes) : null);
        }

        /** Puts a value where it was asked for; whether it was asked for in shared memory. */
        boolean deliver(Tensor value) {
            if (lease == null) {
                return false;
            }
            if (lease.byteSize() < value.data().remaining()) {
                throw new Refusal(
                        Refusal.Kind.INTERNAL,
                        "output '" + spec.name() + "' needs " + value.data().remaining()
                                + " bytes of shared memory, the request gives it " + lease.byteSize());
            }
            lease.write(value.data());
            return true;
        }
    }

    private final InferResponses responses;
    private final ServerCallStreamObserver<ModelInferResponse> call;
    private final long batch;
    private final long heldBytes;
    private final List<Output> outputs;
    private final List<Lease> leases;
    /** Let go once they are staged: a large message is not needed while the model works and its answer is made. */
    private List<Input> inputs;

    Inference(
            InferResponses responses,
            ServerCallStreamObserver<ModelInferResponse> call,
            long batch,
            List<Input> inputs,
            List<Output> outputs,
            List<Lease> leases) {
        this.responses = responses;
        this.call = call;
        this.batch = batch;
        this.inputs = inputs;
        this.heldBytes =
                inputs.stream().mapToLong(input -> input.payload().heldBytes()).sum();
        this.outputs = outputs;
        this.leases = leases;
    }

    @Override
    public long batch() {
        return batch;
    }

    @Override
    public long heldBytes() {
        return heldBytes;
    }

    @Override
    public boolean cancelled() {
        return call.isCancelled();
    }

    @Override
    public List<Tensor> inputs(Staging staging) {
        List<Tensor> tensors = new ArrayList<>(inputs.size());
        for (Input input : inputs) {
            tensors.add(new Tensor(
                    input.spec().name(),
                    input.spec().type(),
                    input.shape(),
                    input.payload().direct(staging)));
        }
        inputs = List.of();
        return tensors;
    }

    @Override
    public List<OutputRequest> outputs(Staging staging) {
        return outputs.stream().map(output -> output.request(staging)).toList();
    }

    @Override
    public void answered(List<Tensor> values, Timing timing) {
        ModelInferResponse response;
        try {
            response = responses.of(values, outputs, timing);
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        release();
        call.onNext(response);
        call.onCompleted();
    }

    @Override
    public void failed(Throwable cause) {
        release();
        call.onError(Statuses.of(cause));
    }

    /** Gives borrowed memory back. */
    void release() {
        leases.forEach(Lease::close);
    }
}
