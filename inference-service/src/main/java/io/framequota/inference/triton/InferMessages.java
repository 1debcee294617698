package io.framequota.inference.triton;

import com.google.protobuf.ByteString;
import com.google.protobuf.UnsafeByteOperations;
import io.framequota.contract.kserve.InferParameter;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.contract.kserve.ModelInferResponse.InferOutputTensor;
import io.framequota.inference.model.DataType;
import io.framequota.inference.model.ModelSpec;
import io.framequota.inference.model.ModelTensor;
import io.framequota.inference.model.OutputTensor;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Builds ModelInfer requests and reads ModelInfer responses. */
final class InferMessages {
    /** As in Triton's extension of KServe's protocol. */
    private static final String PRIORITY = "priority";

    private static final String REGION = "shared_memory_region";
    private static final String OFFSET = "shared_memory_offset";
    private static final String BYTES = "shared_memory_byte_size";

    /**
     * A request with the picture in a slot's memory.
     *
     * @param priority 1 for the highest, 0 for none
     */
    static ModelInferRequest request(ModelSpec model, SlotMemory memory, long[] shape, long priority) {
        ModelInferRequest.Builder request = ModelInferRequest.newBuilder().setModelName(model.name());
        if (priority > 0) {
            request.putParameters(
                    PRIORITY,
                    InferParameter.newBuilder().setInt64Param(priority).build());
        }
        ModelTensor tensor = model.input().tensor();
        InferInputTensor.Builder input = InferInputTensor.newBuilder()
                .setName(tensor.name())
                .setDatatype(tensor.type().name());
        long bytes = tensor.type().bytes();
        for (long dim : shape) {
            input.addShape(dim);
            bytes *= dim;
        }
        switch (memory) {
            case SlotMemory.Shared shared -> {
                input.putAllParameters(place(shared, 0, bytes));
                for (int i = 0; i < model.outputs().size(); i++) {
                    SlotLayout.Place place = shared.layout().outputs().get(i);
                    InferRequestedOutputTensor.Builder output = InferRequestedOutputTensor.newBuilder()
                            .setName(model.outputs().get(i).name());
                    if (place.bytes() > 0) {
                        output.putAllParameters(place(shared, place.offset(), place.bytes()));
                    }
                    request.addOutputs(output);
                }
            }
            case SlotMemory.Own own ->
                // No copy: the slot keeps the bytes until the answer has arrived.
                request.addRawInputContents(UnsafeByteOperations.unsafeWrap(
                        own.input().asSlice(0, bytes).asByteBuffer()));
        }
        return request.addInputs(input).build();
    }

    /**
     * The outputs of a response. Their data may lie in the slot's memory.
     *
     * @throws IllegalArgumentException when the response contradicts itself
     */
    static List<OutputTensor> outputs(ModelSpec model, SlotMemory memory, ModelInferResponse response) {
        List<OutputTensor> tensors = new ArrayList<>();
        // Triton adds an empty entry for an output in shared memory; other servers may leave it out.
        boolean everyOutput = response.getRawOutputContentsCount() == response.getOutputsCount();
        int raw = 0;
        for (int i = 0; i < response.getOutputsCount(); i++) {
            InferOutputTensor output = response.getOutputs(i);
            DataType type = DataType.named(output.getDatatype())
                    .orElseThrow(() -> new IllegalArgumentException(
                            "output " + output.getName() + " is of type " + output.getDatatype()));
            Optional<MemorySegment> asked = shared(model, memory, output.getName());
            MemorySegment data;
            if (asked.isPresent()) {
                data = asked.get();
            } else {
                int at = everyOutput ? i : raw++;
                if (at >= response.getRawOutputContentsCount()) {
                    throw new IllegalArgumentException("output " + output.getName() + " came without raw contents");
                }
                ByteString contents = response.getRawOutputContents(at);
                data = MemorySegment.ofBuffer(contents.asReadOnlyByteBuffer());
            }
            OutputTensor tensor = new OutputTensor(output.getName(), type, output.getShapeList(), data);
            if (tensor.elements() * type.bytes() > data.byteSize()) {
                throw new IllegalArgumentException("output " + output.getName() + " of shape " + output.getShapeList()
                        + " came with " + data.byteSize() + " bytes");
            }
            tensors.add(tensor);
        }
        return tensors;
    }

    /** An integer parameter of a response, -1 when it is missing. */
    static long number(ModelInferResponse response, String name) {
        InferParameter value = response.getParametersMap().get(name);
        return value == null ? -1 : value.getInt64Param();
    }

    /** The place where the request asked for an output; not every server repeats it in its response. */
    private static Optional<MemorySegment> shared(ModelSpec model, SlotMemory memory, String output) {
        if (memory instanceof SlotMemory.Shared shared) {
            for (int i = 0; i < model.outputs().size(); i++) {
                SlotLayout.Place place = shared.layout().outputs().get(i);
                if (place.bytes() > 0 && model.outputs().get(i).name().equals(output)) {
                    return Optional.of(
                            shared.region().memory().asSlice(shared.offset() + place.offset(), place.bytes()));
                }
            }
        }
        return Optional.empty();
    }

    private static Map<String, InferParameter> place(SlotMemory.Shared shared, long offset, long bytes) {
        return Map.of(
                REGION,
                InferParameter.newBuilder()
                        .setStringParam(shared.region().name())
                        .build(),
                OFFSET,
                InferParameter.newBuilder()
                        .setInt64Param(shared.offset() + offset)
                        .build(),
                BYTES,
                InferParameter.newBuilder().setInt64Param(bytes).build());
    }

    private InferMessages() {}
}
