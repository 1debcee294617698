package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.Tensor;
import io.framequota.inferenceserver.execution.InferenceTiming;
import java.util.List;

/** Writes the response of one request. */
record InferResponseWriter(String model, long version, String id) {
    /** Microseconds of CPU time that the model took for this request. */
    static final String COMPUTE_US = "framequota_compute_us";

    /** Microseconds that the request waited for the model. */
    static final String QUEUE_US = "framequota_queue_us";

    /**
     * The response, after outputs that were asked for in shared memory are there; like Triton's it has an empty raw content for
     * each of those.
     *
     * @throws io.framequota.inferenceserver.refusal.RefusedException when one does not fit there
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
            // The buffer is the response's own and nobody writes to it any more.
            response.addRawOutputContents(shared ? ByteString.EMPTY : UnsafeByteOperations.unsafeWrap(value.data()));
        }
        return response.build();
    }

    private static InferParameter micros(long ns) {
        return InferParameter.newBuilder().setInt64Param(ns / 1000).build();
    }
}
