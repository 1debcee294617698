package io.framequota.inferenceserver.grpc;

import com.google.protobuf.ByteString;
import io.framequota.contract.kserve.InferTensorContents;
import io.framequota.contract.kserve.ModelInferRequest;
import io.framequota.contract.kserve.ModelInferRequest.InferInputTensor;
import io.framequota.contract.kserve.ModelInferRequest.InferRequestedOutputTensor;
import io.framequota.contract.kserve.ModelInferResponse;
import io.framequota.inferenceserver.backend.ElementTypes;
import io.framequota.inferenceserver.backend.TensorSpec;
import io.framequota.inferenceserver.memory.Lease;
import io.framequota.inferenceserver.memory.SharedMemory;
import io.framequota.inferenceserver.refusal.Refusal;
import io.framequota.inferenceserver.refusal.Refusal.Kind;
import io.framequota.inferenceserver.repository.LoadedModel;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Checks ModelInfer requests against their model and finds their data. */
final class InferRequests {
    private final SharedMemory memory;

    InferRequests(SharedMemory memory) {
        this.memory = memory;
    }

    /**
     * A request that is ready to be queued. It owns the memory it borrowed.
     *
     * @throws Refusal when it contradicts the model; nothing is borrowed then
     */
    Inference check(LoadedModel model, ModelInferRequest request, ServerCallStreamObserver<ModelInferResponse> call) {
        List<Lease> leases = new ArrayList<>();
        try {
            InputCheck.names(model, request.getInputsList());
            List<Inference.Input> inputs = inputs(model, request, leases);
            List<Inference.Output> outputs = outputs(model, request, leases);
            long batch = InputCheck.batch(model, request.getInputsList());
            InferResponses responses = new InferResponses(model.name(), model.version(), request.getId());
            return new Inference(responses, call, batch, inputs, outputs, leases);
        } catch (Refusal e) {
            leases.forEach(Lease::close);
            String id = request.getId().isEmpty() ? "<id_unknown>" : request.getId();
            throw new Refusal(e.kind(), "[request id: " + id + "] " + e.reason());
        }
    }

    private List<Inference.Input> inputs(LoadedModel model, ModelInferRequest request, List<Lease> leases) {
        List<Inference.Input> inputs = new ArrayList<>();
        Iterator<ByteString> raw = request.getRawInputContentsList().iterator();
        for (InferInputTensor tensor : request.getInputsList()) {
            TensorSpec spec = model.inputs().get(tensor.getName());
            if (spec == null) {
                throw new IllegalStateException("input " + tensor.getName() + " was not checked");
            }
            long expected = InputCheck.byteSize(model, spec, tensor.getDatatype(), tensor.getShapeList());
            Payload payload = payload(model, spec, tensor, raw, leases, request.getRawInputContentsCount() > 0);
            if (payload.byteSize() != expected) {
                throw Refusal.invalid("input byte size mismatch for input '" + spec.name() + "' for model '"
                        + model.name() + "': expected " + expected + ", got " + payload.byteSize());
            }
            inputs.add(new Inference.Input(spec, List.copyOf(tensor.getShapeList()), payload));
        }
        return inputs;
    }

    private Payload payload(
            LoadedModel model,
            TensorSpec spec,
            InferInputTensor tensor,
            Iterator<ByteString> raw,
            List<Lease> leases,
            boolean anyRaw) {
        Lease lease = SharedMemoryParameters.lease(spec.name(), tensor.getParametersMap(), memory);
        if (lease != null) {
            leases.add(lease);
            return new Payload.Shared(lease);
        }
        if (tensor.hasContents()) {
            if (anyRaw) {
                throw Refusal.invalid("input '" + spec.name() + "' for model '" + model.name()
                        + "' has contents beside the request's raw_input_contents");
            }
            InferTensorContents contents = tensor.getContents();
            long bytes = (long) TypedContents.count(spec.type(), contents) * ElementTypes.size(spec.type());
            return new Payload.Typed(spec.type(), contents, bytes);
        }
        if (!raw.hasNext()) {
            throw Refusal.invalid("there is no data for input '" + spec.name() + "' for model '" + model.name() + "'");
        }
        return new Payload.Raw(raw.next());
    }

    private List<Inference.Output> outputs(LoadedModel model, ModelInferRequest request, List<Lease> leases) {
        Map<String, Inference.Output> wanted = new LinkedHashMap<>();
        for (InferRequestedOutputTensor tensor : request.getOutputsList()) {
            String name = tensor.getName();
            TensorSpec spec = model.outputs().get(name);
            if (spec == null) {
                throw Refusal.invalid("unexpected inference output '" + name + "' for model '" + model.name() + "'");
            }
            if (tensor.containsParameters("classification")) {
                throw new Refusal(Kind.UNIMPLEMENTED, "the classification extension is left to Triton");
            }
            @Nullable Lease lease = SharedMemoryParameters.lease(name, tensor.getParametersMap(), memory);
            if (lease != null) {
                leases.add(lease);
            }
            wanted.putIfAbsent(name, new Inference.Output(spec, lease));
        }
        if (wanted.isEmpty()) {
            model.outputs().forEach((name, spec) -> wanted.put(name, new Inference.Output(spec, null)));
        }
        return List.copyOf(wanted.values());
    }
}
