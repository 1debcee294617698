package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.DataType;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.contract.kserve.ModelConfig;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.e2e.fuzz.FuzzTarget;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.execution.StagingMemory;
import io.framequota.inferenceserver.memory.RegisteredRegions;
import io.framequota.inferenceserver.refusal.RefusedException;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.grpc.stub.ServerCallStreamObserver;
import java.io.ByteArrayInputStream;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** ModelInfer requests: the message, its tensors and its shared memory. */
public final class InferRequestFuzz implements FuzzTarget {
    private static final MessageBudget BUDGET = new MessageBudget(64 << 20);

    @Override
    public String name() {
        return "gRPC tensors";
    }

    @Override
    public List<byte[]> corpus() {
        InferInputTensor.Builder input = InferInputTensor.newBuilder()
                .setName("in")
                .setDatatype("FP32")
                .addShape(1)
                .addShape(4);
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder()
                .setModelName("m")
                .setId("7")
                .putParameters(
                        "priority", InferParameter.newBuilder().setInt64Param(1).build())
                .addOutputs(InferRequestedOutputTensor.newBuilder().setName("out"));
        InferInputTensor typed = input.clone()
                .setContents(InferTensorContents.newBuilder()
                        .addFp32Contents(1)
                        .addFp32Contents(2)
                        .addFp32Contents(3)
                        .addFp32Contents(4))
                .build();
        InferInputTensor shared = input.clone()
                .putParameters(
                        "shared_memory_region",
                        InferParameter.newBuilder().setStringParam("r").build())
                .putParameters(
                        "shared_memory_byte_size",
                        InferParameter.newBuilder().setInt64Param(16).build())
                .build();
        return List.of(
                request.clone()
                        .addInputs(input)
                        .addRawInputContents(ByteString.copyFrom(new byte[16]))
                        .build()
                        .toByteArray(),
                request.clone().addInputs(typed).build().toByteArray(),
                request.clone().addInputs(shared).build().toByteArray());
    }

    @Override
    @SuppressWarnings("NullAway") // Nothing is executed.
    public void parse(byte[] input) {
        InferRequestMarshaller.Received received =
                new InferRequestMarshaller(BUDGET).parse(new ByteArrayInputStream(input));
        ModelInferRequest request = received.request();
        if (request == null) {
            throw RefusedException.invalid(String.valueOf(received.status().getDescription()));
        }
        LoadedModel model = new LoadedModel(
                "m",
                1,
                ModelConfig.newBuilder().setName("m").setMaxBatchSize(4).build(),
                Map.of("in", new TensorSpec("in", DataType.TYPE_FP32, List.of(-1L, 4L))),
                Map.of("out", new TensorSpec("out", DataType.TYPE_FP32, List.of(-1L, 4L))),
                0,
                null);
        Path region = file(new byte[64], "region");
        try (RegisteredRegions regions = new RegisteredRegions(region.getParent());
                StagingMemory staging = new StagingMemory()) {
            regions.register("r", region.getFileName().toString(), 0, 64);
            AcceptedRequest accepted = new InferRequestParser(regions).check(model, request, new NoCall());
            accepted.inputs(staging);
        }
    }

    @Override
    public boolean refuses(Exception error) {
        return error instanceof RefusedException;
    }

    /** Nobody waits for the answer. */
    private static final class NoCall extends ServerCallStreamObserver<ModelInferResponse> {
        @Override
        public boolean isCancelled() {
            return false;
        }

        @Override
        public void setOnCancelHandler(Runnable handler) {}

        @Override
        public void setCompression(String compression) {}

        @Override
        public boolean isReady() {
            return true;
        }

        @Override
        public void setOnReadyHandler(Runnable handler) {}

        @Override
        public void request(int count) {}

        @Override
        public void setMessageCompression(boolean enable) {}

        @Override
        public void disableAutoInboundFlowControl() {}

        @Override
        public void onNext(ModelInferResponse value) {}

        @Override
        public void onError(@Nullable Throwable error) {}

        @Override
        public void onCompleted() {}
    }
}
