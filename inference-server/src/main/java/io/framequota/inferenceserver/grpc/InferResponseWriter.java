package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.execution.InferenceTiming;
import java.util.List;

/** Builds the response to one request. */
record InferResponseWriter(String model, long version, String id) {
    /** Response parameter: microseconds of CPU time that the model used for this request. */
    static final String COMPUTE_US = "framequota_compute_us";

    /** Response parameter: microseconds that the request waited for the model. */
    static final String QUEUE_US = "framequota_queue_us";

    /**
     * Writes outputs to shared memory where requested and builds the response. Like Triton's, but it has empty raw contents for
     * those outputs.
     *
     * @throws io.framequota.inferenceserver.refusal.RefusedException when an output does not fit
     */
    ModelInferResponse of(List<Tensor> values, List<AcceptedRequest.Output> requested, InferenceTiming timing) {
        ModelInferResponse.Builder response = ModelInferResponse.newBuilder()
                .setModelName(model)
                .setModelVersion(Long.toString(version))
                .setId(id)
                .putParameters(COMPUTE_US, micros(timing.cpuNs()))
                .putParameters(QUEUE_US, micros(timing.queueNs()));
        for (int i = 0; i < values.size(); i++) {
            Tensor value = values.get(i);
            response.addOutputsBuilder()
                    .setName(value.name())
                    .setDatatype(ElementTypes.name(value.type()))
                    .addAllShape(value.shape());
            boolean shared = requested.get(i).deliver(value);
            // The buffer belongs to the response, and nobody writes to it any more.
            response.addRawOutputContents(shared ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value.data()));
        }
        return response.build();
    }

    private static InferParameter micros(long ns) {
        return InferParameter.newBuilder().setInt64Param(ns / 1000).build();
    }
}
