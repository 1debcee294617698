package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.common.access.CallerName;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.OutputRequest;
import io.framequota.inferenceserver.backend.Shapes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.InferenceRequest;
import io.framequota.inferenceserver.execution.InferenceTiming;
import io.framequota.inferenceserver.execution.StagingMemory;
import io.framequota.inferenceserver.memory.RegionLease;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A ModelInfer call that passed all checks and waits for its model, with the shared memory that it borrowed. */
final class AcceptedRequest implements InferenceRequest {
    /** Response parameter: microseconds of CPU time that the model used for this request. */
    private static final String COMPUTE_US = "framequota_compute_us";

    /** Response parameter: microseconds that the request waited for the model. */
    private static final String QUEUE_US = "framequota_queue_us";

    /** An input with its data. */
    record Input(TensorSpec spec, List<Long> shape, TensorPayload payload) {}

    /** A wanted output, with the shared memory for it if there is any. */
    record Output(TensorSpec spec, @Nullable RegionLease lease) {
        /** An output of known size gets its place before the model runs, so that the model computes it there. */
        OutputRequest request(StagingMemory staging) {
            long bytes =
                    Shapes.closed(spec.shape()) ? Shapes.elements(spec.shape()) * ElementTypes.size(spec.type()) : 0;
            boolean laidOut = lease != null && bytes > 0 && bytes <= lease.byteSize();
            return new OutputRequest(spec.name(), laidOut ? staging.take((int) bytes) : null);
        }

        /** Writes a value to its shared memory; false when the output has none. */
        boolean deliver(Tensor value) {
            if (lease == null) {
                return false;
            }
            if (lease.byteSize() < value.data().remaining()) {
                throw new RefusedException(
                        RefusedException.Kind.INTERNAL,
                        "output '" + spec.name() + "' needs " + value.data().remaining()
                                + " bytes of shared memory, but the request provides " + lease.byteSize());
            }
            lease.write(value.data());
            return true;
        }
    }

    private final LoadedModel model;
    private final String caller = CallerName.current();
    private final String id;
    private final ServerCallStreamObserver<ModelInferResponse> call;
    private final long priority;
    private final long batch;
    private final long heldBytes;
    private final List<Output> outputs;
    private final List<RegionLease> leases;
    /** Released once they are staged: a large message is not needed while the model runs. */
    private List<Input> inputs;

    AcceptedRequest(
            LoadedModel model,
            String id,
            ServerCallStreamObserver<ModelInferResponse> call,
            long priority,
            long batch,
            List<Input> inputs,
            List<Output> outputs,
            List<RegionLease> leases) {
        this.model = model;
        this.id = id;
        this.call = call;
        this.priority = priority;
        this.batch = batch;
        this.inputs = inputs;
        this.heldBytes =
                inputs.stream().mapToLong(input -> input.payload().heldBytes()).sum();
        this.outputs = outputs;
        this.leases = leases;
    }

    @Override
    public String caller() {
        return caller;
    }

    @Override
    public long priority() {
        return priority;
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
    public List<Tensor> inputs(StagingMemory staging) {
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
    public List<OutputRequest> outputs(StagingMemory staging) {
        return outputs.stream().map(output -> output.request(staging)).toList();
    }

    @Override
    public void answered(List<Tensor> values, InferenceTiming timing) {
        ModelInferResponse response;
        try {
            response = response(values, timing);
        } catch (RuntimeException e) {
            failed(e);
            return;
        }
        release();
        call.onNext(response);
        call.onCompleted();
    }

    /**
     * Writes outputs to shared memory where requested and builds the response. Like Triton's, but it has empty raw contents for
     * those outputs.
     *
     * @throws RefusedException when an output does not fit
     */
    private ModelInferResponse response(List<Tensor> values, InferenceTiming timing) {
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(model.name())
                .setModelVersion(Long.toString(model.version()))
                .setId(id)
                .putParameters(COMPUTE_US, micros(timing.cpuNs()))
                .putParameters(QUEUE_US, micros(timing.queueNs()));
        for (int i = 0; i < values.size(); i++) {
            Tensor value = values.get(i);
            response.addOutputsBuilder()
                    .setName(value.name())
                    .setDatatype(ElementTypes.name(value.type()))
                    .addAllShape(value.shape());
            boolean shared = outputs.get(i).deliver(value);
            // The buffer belongs to the response, and nobody writes to it any more.
            response.addRawOutputContents(shared ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value.data()));
        }
        return response.build();
    }

    private static InferParameter micros(long ns) {
        return InferParameter.newBuilder().setInt64Param(ns / 1000).build();
    }

    @Override
    public void failed(Throwable cause) {
        release();
        call.onError(StatusMapper.of(cause));
    }

    /** Returns the borrowed memory. */
    void release() {
        leases.forEach(RegionLease::close);
    }
}
