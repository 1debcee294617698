package io.framequota.inferenceserver.grpc;

import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.Request;
import io.framequota.inferenceserver.execution.Staging;
import io.framequota.inferenceserver.execution.Timing;
import io.framequota.inferenceserver.memory.Lease;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;

/** A ModelInfer call that passed all checks and waits for its model, with the shared memory it borrowed. */
final class Inference implements Request {
    /** An input as it was sent. */
    record Input(TensorSpec spec, List<Long> shape, Payload payload) {}

    private final InferResponses responses;
    private final ServerCallStreamObserver<ModelInferResponse> call;
    private final long batch;
    private final List<Input> inputs;
    private final List<OutputRequest> outputs;
    private final List<Lease> leases;

    Inference(
            InferResponses responses,
            ServerCallStreamObserver<ModelInferResponse> call,
            long batch,
            List<Input> inputs,
            List<OutputRequest> outputs,
            List<Lease> leases) {
        this.responses = responses;
        this.call = call;
        this.batch = batch;
        this.inputs = inputs;
        this.outputs = outputs;
        this.leases = leases;
    }

    @Override
    public long batch() {
        return batch;
    }

    @Override
    public long heldBytes() {
        return inputs.stream().mapToLong(input -> input.payload().heldBytes()).sum();
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
        return tensors;
    }

    @Override
    public List<OutputRequest> outputs() {
        return outputs;
    }

    @Override
    public void answered(List<Tensor> values, Timing timing) {
        ModelInferResponse response = responses.of(values, outputs, timing);
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
